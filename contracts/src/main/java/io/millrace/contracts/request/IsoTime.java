package io.millrace.contracts.request;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A time as ISO 8601 writes it: a month {@code 2020-10}, which means its first day, a day {@code
 * 2020-10-31}, or a day with a time of day, {@code T} or a blank between the two: {@code 2020-10-31
 * 13:30}, {@code 2020-10-31T13:30:00.5+01:00}. Seconds and their fraction may be absent.
 *
 * @param time of a text with a zone or an offset the time in UTC; of any other one as it is written
 * @param precision what the text says
 */
public record IsoTime(LocalDateTime time, Precision precision) {
  /** Precision of a time. */
  public enum Precision {
    /** A month. */
    MONTH,
    /** A day. */
    DAY,
    /** A day and a time of day without a zone. */
    LOCAL,
    /** A day and a time of day with a zone. */
    ZONED
  }

  private static final Pattern TEXT =
      Pattern.compile(
          "(-?\\d{4}|[+-]\\d{5})-(\\d\\d)(?:-(\\d\\d)"
              + "(?:[Tt ](\\d{1,2})(?::(\\d\\d)(?::(\\d\\d)(?:[.,](\\d{1,9}))?)?)?"
              + "( ?(?:[Zz]|UTC|GMT)| ?[+-]\\d\\d(?::?\\d\\d)?)?)?)?");
  private static final int YEAR = 1;
  private static final int MONTH = 2;
  private static final int DAY = 3;
  private static final int HOUR = 4;
  private static final int MINUTE = 5;
  private static final int SECOND = 6;
  private static final int FRACTION = 7;
  private static final int ZONE = 8;

  /** The most years before and after the year 0. */
  private static final int YEARS = 30_000;

  /** The time in a text; empty if the text is not a time of this format. */
  public static Optional<IsoTime> find(String text) {
    Matcher matcher = TEXT.matcher(text);
    try {
      return matcher.matches() ? Optional.of(of(matcher)) : Optional.empty();
    } catch (DateTimeException e) {
      return Optional.empty(); // A day that does not exist, such as 2021-02-29.
    }
  }

  private static IsoTime of(Matcher matcher) {
    int year = Integer.parseInt(matcher.group(YEAR));
    if (Math.abs(year) > YEARS) {
      throw new DateTimeException("the year is out of range");
    }
    LocalDateTime time =
        LocalDateTime.of(
            year,
            number(matcher.group(MONTH), 1),
            number(matcher.group(DAY), 1),
            number(matcher.group(HOUR), 0),
            number(matcher.group(MINUTE), 0),
            number(matcher.group(SECOND), 0),
            nanos(matcher.group(FRACTION)));
    if (matcher.group(ZONE) != null) {
      int ahead = zone(matcher.group(ZONE).strip()).getTotalSeconds();
      return new IsoTime(time.minusSeconds(ahead), Precision.ZONED);
    }
    return new IsoTime(
        time,
        matcher.group(HOUR) != null
            ? Precision.LOCAL
            : matcher.group(DAY) != null ? Precision.DAY : Precision.MONTH);
  }

  /**
   * An offset from UTC: {@code Z}, {@code UTC}, {@code GMT}, {@code +01}, {@code +0100} or {@code
   * +01:00}.
   *
   * @throws DateTimeException where the text is none
   */
  public static ZoneOffset zone(String text) {
    return text.length() > 1 && "+-".indexOf(text.charAt(0)) >= 0
        ? ZoneOffset.of(text)
        : ZoneOffset.UTC;
  }

  /** The nanoseconds of a fraction's digits; 0 for null. */
  public static int nanos(String digits) {
    return digits == null ? 0 : Integer.parseInt((digits + "000000000").substring(0, 9));
  }

  private static int number(String digits, int absent) {
    return digits == null ? absent : Integer.parseInt(digits);
  }
}
