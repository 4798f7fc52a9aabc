package io.millrace.augmentation.dataset;

import io.millrace.contracts.request.IsoTime;
import io.millrace.contracts.request.IsoTime.Precision;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parses a time of day: an hour {@code 13}, {@code 13:30}, {@code 13:30:05.25}, {@code 13.30.05},
 * {@code 1:30 PM}. The hour 24 is the start of the next day.
 */
final class TimeOfDay {
  private static final Pattern TEXT =
      Pattern.compile(
          "(\\d{1,2})(?:([:.])(\\d\\d)(?:\\2(\\d\\d)(?:[.,](\\d{1,9}))?)?)?(?:"
              + " ?([AaPp])\\.?[Mm]\\.?)?");
  private static final int HALF_DAY = 12;
  private static final int DAY = 24;
  private static final int MINUTES = 60;

  private TimeOfDay() {}

  /**
   * Adds a time of day to the code of a day, see {@link DateColumn}; {@link DateColumn#NONE} if the
   * text is not a time of day.
   */
  static long add(long day, String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches() || matcher.group(2) == null && text.indexOf('.') >= 0) {
      return DateColumn.NONE;
    }
    int hour = Integer.parseInt(matcher.group(1));
    if (matcher.group(6) != null) {
      if (hour < 1 || hour > HALF_DAY) {
        return DateColumn.NONE;
      }
      boolean isAfternoon = "Pp".contains(matcher.group(6));
      hour = hour % HALF_DAY + (isAfternoon ? HALF_DAY : 0);
    }
    int minute = number(matcher.group(3));
    int second = number(matcher.group(4));
    long micros = TimeUnit.NANOSECONDS.toMicros(IsoTime.nanos(matcher.group(5)));
    boolean isOver = hour == DAY && minute + second + micros > 0;
    if (hour > DAY || isOver || minute >= MINUTES || second >= MINUTES) {
      return DateColumn.NONE;
    }
    long seconds = (hour * (long) MINUTES + minute) * MINUTES + second;
    return DateColumn.code(
        DateColumn.micros(day) + TimeUnit.SECONDS.toMicros(seconds) + micros, Precision.LOCAL);
  }

  private static int number(String digits) {
    return digits == null ? 0 : Integer.parseInt(digits);
  }
}
