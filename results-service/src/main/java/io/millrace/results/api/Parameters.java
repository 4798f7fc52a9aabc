package io.millrace.results.api;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.results.store.RunState;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Reads query parameters; each error names the parameter. */
final class Parameters {
  private Parameters() {}

  /** A name, or null where absent. */
  static String name(String field, String value) {
    return value == null ? null : Check.name(field, value);
  }

  /** An integer within {@code min..max}, or its default where absent. */
  static int integer(String field, String value, int defaultValue, int min, int max) {
    return Math.toIntExact(number(field, value, defaultValue, min, max));
  }

  /** An integer within {@code min..max}, or its default where absent. */
  static long number(String field, String value, long defaultValue, long min, long max) {
    if (value == null) {
      return defaultValue;
    }
    long number;
    try {
      number = Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw new InvalidMessageException(
          field, Check.quote(value) + " is not an integer; give " + min + ".." + max);
    }
    if (number < min || number > max) {
      throw new InvalidMessageException(
          field, number + " is out of range; give " + min + ".." + max);
    }
    return number;
  }

  /** A state, or null where absent. */
  static RunState state(String field, String value) {
    if (value == null) {
      return null;
    }
    return Arrays.stream(RunState.values())
        .filter(state -> state.name().equalsIgnoreCase(value))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidMessageException(
                    field,
                    Check.quote(value)
                        + " is not a state; give one of "
                        + Arrays.stream(RunState.values())
                            .map(Enum::name)
                            .collect(Collectors.joining(", "))));
  }
}
