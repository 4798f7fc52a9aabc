package io.millrace.access;

/** The names of the {@link Role}s, for {@code @RolesAllowed}. */
public final class Roles {
  /** {@link Role#READER}. */
  public static final String READER = "reader";

  /** {@link Role#SUBMITTER}. */
  public static final String SUBMITTER = "submitter";

  /** {@link Role#ADMIN}. */
  public static final String ADMIN = "admin";

  private Roles() {}
}
