package io.millrace.results.access;

import java.util.Arrays;
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

  /** The names of the roles that one of this role has. */
  Set<String> granted() {
    return Arrays.stream(values())
        .filter(role -> role.ordinal() <= ordinal())
        .map(role -> role.name().toLowerCase(java.util.Locale.ROOT))
        .collect(Collectors.toUnmodifiableSet());
  }
}
