package io.millrace.access;

import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** The rights of a token. Each role includes the roles before it. */
public enum Role {
  /** Reads everything. */
  READER,
  /** Also submits and cancels runs. */
  SUBMITTER,
  /** Has all rights. */
  ADMIN;

  /** The name as in {@link Roles} and in the configuration. */
  public String lowerCase() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The names of this role and of the roles that it includes. */
  Set<String> granted() {
    return Arrays.stream(values())
        .filter(role -> role.ordinal() <= ordinal())
        .map(Role::lowerCase)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** The next higher role; the highest role itself. */
  Role next() {
    return values()[Math.min(ordinal() + 1, values().length - 1)];
  }
}
