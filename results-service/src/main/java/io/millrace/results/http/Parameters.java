package io.millrace.results.http;

import static java.util.Locale.ROOT;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.results.run.Archived;
import io.millrace.results.store.RunState;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Reads query parameters; each error names the parameter. */
public final class Parameters {
  private static final int DAY = "2026-01-31".length();
  private static final int LAST_YEAR = 9999;

  private Parameters() {}

  /** Whether archived runs are listed: {@code false}, {@code true} or {@code only}. */
  public static Archived archived(String value) {
    return Check.orElse(oneOf("archived", value, Archived.class), Archived.FALSE);
  }

  /** {@code true} or {@code false}; false if absent. */
  public static boolean flag(String field, String value) {
    if (value == null || value.equals("false")) {
      return false;
    }
    if (value.equals("true")) {
      return true;
    }
    throw new InvalidMessageException(
        field, Check.quote(value) + " is not valid; give true or false");
  }

  /** A name, or null if absent. */
  public static String name(String field, String value) {
    return value == null ? null : Check.name(field, value);
  }

  /** An integer in {@code min..max}, or the default if absent. */
  public static int integer(String field, String value, int defaultValue, int min, int max) {
    return Math.toIntExact(number(field, value, defaultValue, min, max));
  }

  /** An integer in {@code min..max}, or the default if absent. */
  public static long number(String field, String value, long defaultValue, long min, long max) {
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

  /** A number in {@code min..max}, or null if absent. */
  public static Double real(String field, String value, double min, double max) {
    if (value == null) {
      return null;
    }
    try {
      return Check.range(field, Double.valueOf(value), min, max);
    } catch (NumberFormatException e) {
      throw new InvalidMessageException(
          field,
          Check.quote(value)
              + " is not a number; give "
              + Check.plain(min)
              + ".."
              + Check.plain(max));
    }
  }

  /** An ISO 8601 time, or a day, which means its start in UTC; null if absent. */
  public static Instant time(String field, String value) {
    if (value == null) {
      return null;
    }
    try {
      Instant time =
          value.length() == DAY
              ? LocalDate.parse(value).atStartOfDay(ZoneOffset.UTC).toInstant()
              : OffsetDateTime.parse(value).toInstant();
      int year = time.atOffset(ZoneOffset.UTC).getYear();
      if (year >= 1 && year <= LAST_YEAR) {
        return time;
      }
    } catch (DateTimeException e) {
      // Reported below.
    }
    throw new InvalidMessageException(
        field,
        Check.quote(value)
            + " is not a time; give one such as 2026-01-31T12:00:00Z, or a day such as 2026-01-31");
  }

  /** A constant of an enum, ignoring case; null if absent. */
  public static <E extends Enum<E>> E oneOf(String field, String value, Class<E> type) {
    if (value == null) {
      return null;
    }
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> constant.name().equalsIgnoreCase(value))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidMessageException(
                    field,
                    Check.quote(value)
                        + " is not valid; give one of "
                        + Arrays.stream(type.getEnumConstants())
                            .map(Enum::name)
                            .map(name -> type == RunState.class ? name : name.toLowerCase(ROOT))
                            .collect(Collectors.joining(", "))));
  }
}
