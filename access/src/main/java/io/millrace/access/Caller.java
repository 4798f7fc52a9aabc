package io.millrace.access;

/**
 * Who asks.
 *
 * @param name of the token; null where nobody is asked for one, and then the role is {@link
 *     Role#ADMIN}
 * @param role null for who shows no token where tokens are asked for: only resources with
 *     {@code @PermitAll} meet one
 */
public record Caller(String name, Role role) {
  /** Where nobody is asked for a token: may everything. */
  static final Caller ANYBODY = new Caller(null, Role.ADMIN);

  /** Without a token where tokens are asked for: may nothing. */
  static final Caller STRANGER = new Caller(null, null);

  /** Whether the caller has this role, or one that may more. */
  public boolean may(Role needed) {
    return role != null && role.compareTo(needed) >= 0;
  }
}
