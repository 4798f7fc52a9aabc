package io.millrace.access;

/**
 * The caller of a request.
 *
 * @param name the token's name; null if no token is needed, and then the role is {@link Role#ADMIN}
 * @param role null for a caller without a token where one is needed; only resources with
 *     {@code @PermitAll} see such callers
 */
public record Caller(String name, Role role) {
  /** A caller where no token is needed. It has all rights. */
  static final Caller ANYBODY = new Caller(null, Role.ADMIN);

  /** A caller without a token where one is needed. It has no rights. */
  static final Caller STRANGER = new Caller(null, null);

  /** Whether the caller has this role or a higher one. */
  public boolean may(Role needed) {
    return role != null && role.compareTo(needed) >= 0;
  }
}
