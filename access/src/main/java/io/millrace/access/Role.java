package io.millrace.access;

import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** What the bearer of a token may do; each may what those before it may. */
public enum Role {
  /** Reads everything. */
  READER,
  /** Submits and cancels too. */
  SUBMITTER,
  /** Everything. */
  ADMIN;

  /** As {@link Roles} and configurations spell it. */
  public String lowerCase() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The names of the roles that one of this role has. */
  Set<String> granted() {
    return Arrays.stream(values())
        .filter(role -> role.ordinal() <= ordinal())
        .map(Role::lowerCase)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** The next role, which may more; the last one's is itself. */
  Role next() {
    return values()[Math.min(ordinal() + 1, values().length - 1)];
  }
}
