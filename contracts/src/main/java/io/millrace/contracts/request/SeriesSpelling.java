package io.millrace.contracts.request;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The rules for how a series is written.
 *
 * <p>A {@code date_format} is {@link #EPOCH_SECONDS}, {@link #EPOCH_MILLISECONDS} or a pattern of
 * Python's {@code strptime}, in English: {@code %Y} {@code %y} year, {@code %m} month, {@code %b}
 * {@code %B} its name, {@code %d} day, {@code %j} day of the year, {@code %H} {@code %I} {@code %p}
 * hour, {@code %M} minute, {@code %S} second, {@code %f} its fraction, {@code %z} offset from UTC,
 * {@code %%}; all else stands for itself. Of two columns the cells stand with a blank between them.
 */
public final class SeriesSpelling {
  /** Seconds since 1970, UTC. */
  public static final String EPOCH_SECONDS = "epoch_seconds";

  /** Milliseconds since 1970, UTC. */
  public static final String EPOCH_MILLISECONDS = "epoch_milliseconds";

  private static final List<String> DELIMITERS = List.of(",", ";", "\t", "|");
  private static final List<String> DECIMALS = List.of(".", ",");
  private static final List<String> THOUSANDS = List.of(",", ".", " ", "'");
  private static final int MAX_FORMAT = 100;
  private static final String DIRECTIVES = "YymbBdjHIpMSfz%";
  private static final Pattern DIRECTIVE = Pattern.compile("%(.?)", Pattern.DOTALL);

  private SeriesSpelling() {}

  /** Whether a format counts time from 1970. */
  public static boolean isEpoch(String dateFormat) {
    return EPOCH_SECONDS.equals(dateFormat) || EPOCH_MILLISECONDS.equals(dateFormat);
  }

  static void checkDates(DateColumns columns, String dateFormat) {
    if (dateFormat == null) {
      return;
    }
    if (columns != null && columns.isNone()) {
      throw new InvalidMessageException(
          "date_format",
          "cannot be combined with date_column null: there are no dates; leave one of them out");
    }
    Check.text("date_format", dateFormat, MAX_FORMAT);
    if (isEpoch(dateFormat)) {
      return;
    }
    var seen = new StringBuilder();
    Matcher directive = DIRECTIVE.matcher(dateFormat);
    while (directive.find()) {
      String letter = directive.group(1);
      if (letter.isEmpty() || DIRECTIVES.indexOf(letter.charAt(0)) < 0) {
        throw wrong(dateFormat, "%" + letter + " is not known; give one of %" + spread());
      }
      if (!letter.equals("%") && seen.indexOf(letter) >= 0) {
        throw wrong(dateFormat, "%" + letter + " is given twice");
      }
      seen.append(letter);
    }
    if (seen.indexOf("Y") < 0 && seen.indexOf("y") < 0) {
      throw wrong(dateFormat, "it has no year, %Y or %y");
    }
  }

  static void checkNumbers(String delimiter, String decimal, String thousands) {
    checkOne("delimiter", delimiter, DELIMITERS);
    checkOne("decimal", decimal, DECIMALS);
    checkOne("thousands", thousands, THOUSANDS);
    if (thousands != null && thousands.equals(decimal)) {
      throw new InvalidMessageException("thousands", "is the same as decimal; give another one");
    }
  }

  private static void checkOne(String field, String value, List<String> known) {
    if (value != null && !known.contains(value)) {
      throw new InvalidMessageException(
          field,
          Check.quote(value)
              + " is not supported; give one of "
              + known.stream().map(SeriesSpelling::quote).collect(Collectors.joining(" ")));
    }
  }

  private static String quote(String value) {
    return value.equals("\t") ? "a tab" : Check.quote(value);
  }

  private static String spread() {
    return String.join(" %", DIRECTIVES.split(""));
  }

  private static InvalidMessageException wrong(String format, String why) {
    return new InvalidMessageException(
        "date_format",
        Check.quote(format)
            + " is not a date format: "
            + why
            + "; give a pattern such as %d/%m/%Y, epoch_seconds or epoch_milliseconds");
  }
}
