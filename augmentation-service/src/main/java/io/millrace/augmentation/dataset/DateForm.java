package io.millrace.augmentation.dataset;

import static java.util.Map.entry;

import io.millrace.contracts.request.IsoTime;
import io.millrace.contracts.request.IsoTime.Precision;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The date formats that are detected, the most likely first. */
enum DateForm {
  /** {@code 2020-10}, {@code 2020-10-31}, {@code 2020-10-31 13:30}; see {@link IsoTime}. */
  ISO,
  /** {@code 2020-10-31T13:30Z}, {@code 2020-10-31 13:30:00+01:00}. */
  ISO_ZONED,
  /** {@code 2020/10/31}, {@code 2020.1.5 13:30}. */
  YEAR_FIRST,
  /** {@code Oct 2020}, {@code 31 Oct 2020}, {@code October 31, 2020}. */
  MONTH_NAME,
  /** {@code 10/31/2020}, {@code 10-31-2020 1:30 PM}. */
  MONTH_FIRST,
  /** {@code 31/10/2020}, {@code 31.10.2020 13:30}. */
  DAY_FIRST,
  /** {@code 1604151000}: only if the column's name suggests a time. */
  EPOCH_SECONDS,
  /** {@code 1604151000000}: only if the column's name suggests a time. */
  EPOCH_MILLISECONDS;

  private static final Map<String, Integer> MONTHS =
      Map.ofEntries(
          entry("jan", 1),
          entry("feb", 2),
          entry("mar", 3),
          entry("apr", 4),
          entry("may", 5),
          entry("jun", 6),
          entry("jul", 7),
          entry("aug", 8),
          entry("sep", 9),
          entry("oct", 10),
          entry("nov", 11),
          entry("dec", 12));

  /** A month's English name, or its first three letters, or {@code sept}; with or without a dot. */
  static final String MONTH_NAMES =
      "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
          + "|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?";

  private static final String TIME = "(?:(?:T|,? +)(.+))?";
  private static final Pattern YEAR_FIRST_DATE =
      Pattern.compile("(\\d{4})([-/.])(\\d{1,2})\\2(\\d{1,2})" + TIME);
  private static final Pattern NUMBERS =
      Pattern.compile("(\\d{1,2})([-/.])(\\d{1,2})\\2(\\d{4})" + TIME);
  private static final Pattern NAMED =
      Pattern.compile(
          "(?:(?<day>\\d{1,2})[- ]+)?(?<month>"
              + MONTH_NAMES
              + ")\\.?(?:[- ]+(?<after>\\d{1,2})(?:st|nd|rd|th)?)?[-, ]+(?<year>\\d{4})"
              + "(?:,? +(?<time>.+))?",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern NAMED_YEAR_FIRST =
      Pattern.compile(
          "(?<year>\\d{4})[- ]+(?<month>" + MONTH_NAMES + ")(?:[- ]+(?<day>\\d{1,2}))?",
          Pattern.CASE_INSENSITIVE);

  /** Whole seconds from 1973 to 2286. */
  private static final Pattern SECONDS = Pattern.compile("[1-9]\\d{8,9}(?:\\.0+)?");

  /** The same in milliseconds. */
  private static final Pattern MILLISECONDS = Pattern.compile("[1-9]\\d{11,12}(?:\\.0+)?");

  /** A column name that suggests that its numbers are times. */
  private static final Pattern TIME_NAME = Pattern.compile("(?i).*(date|time|epoch|unix).*|ts|day");

  /** The positions of month and day in {@code 2020-10-31}, and its length. */
  private static final int MONTH_AT = 5;

  private static final int DAY_AT = 8;
  private static final int DAY_LENGTH = 10;

  /** The maximum length of a date in characters. */
  static final int LENGTH = 60;

  /** The formats that a column with this name may have. */
  static List<DateForm> of(String column) {
    List<DateForm> all = List.of(values());
    return TIME_NAME.matcher(column).matches() ? all : all.subList(0, EPOCH_SECONDS.ordinal());
  }

  /** The name in messages; both ISO formats are {@code iso}. */
  String json() {
    return this == ISO_ZONED ? "iso" : name().toLowerCase(Locale.ROOT);
  }

  /** The number of a month, 1..12, by its name. */
  static int month(String name) {
    return MONTHS.get(name.substring(0, 3).toLowerCase(Locale.ROOT));
  }

  /**
   * Parses a cell to a code of {@link DateColumn}; {@link DateColumn#NONE} if it does not have this
   * format.
   */
  long parse(String cell) {
    if (cell.isEmpty() || cell.length() > LENGTH) {
      return DateColumn.NONE;
    }
    try {
      if ((this == ISO || this == YEAR_FIRST) && isDay(cell)) {
        return day(cell); // The most frequent format in most files.
      }
      return switch (this) {
        case ISO -> iso(cell, false);
        case ISO_ZONED -> iso(cell, true);
        case YEAR_FIRST -> numbers(YEAR_FIRST_DATE.matcher(cell), 1, 3, 4);
        case MONTH_FIRST -> numbers(NUMBERS.matcher(cell), 4, 1, 3);
        case DAY_FIRST -> numbers(NUMBERS.matcher(cell), 4, 3, 1);
        case MONTH_NAME -> named(cell);
        case EPOCH_SECONDS -> epoch(SECONDS.matcher(cell), TimeUnit.SECONDS);
        case EPOCH_MILLISECONDS -> epoch(MILLISECONDS.matcher(cell), TimeUnit.MILLISECONDS);
      };
    } catch (DateTimeException e) {
      return DateColumn.NONE; // A day that does not exist.
    }
  }

  /** Whether a cell has the form {@code 2020-10-31}. */
  private static boolean isDay(String cell) {
    if (cell.length() != DAY_LENGTH) {
      return false;
    }
    for (int i = 0; i < DAY_LENGTH; i++) {
      char c = cell.charAt(i);
      if (i == MONTH_AT - 1 || i == DAY_AT - 1 ? c != '-' : c < '0' || c > '9') {
        return false;
      }
    }
    return true;
  }

  private static long day(String cell) {
    LocalDate day =
        LocalDate.of(
            Integer.parseInt(cell, 0, MONTH_AT - 1, 10),
            Integer.parseInt(cell, MONTH_AT, DAY_AT - 1, 10),
            Integer.parseInt(cell, DAY_AT, DAY_LENGTH, 10));
    return DateColumn.code(TimeUnit.DAYS.toMicros(day.toEpochDay()), Precision.DAY);
  }

  private static long iso(String cell, boolean isZoned) {
    if (cell.indexOf('-', 1) < 0) {
      return DateColumn.NONE;
    }
    return IsoTime.find(cell)
        .filter(time -> (time.precision() == Precision.ZONED) == isZoned)
        .map(time -> DateColumn.code(time.time(), time.precision()))
        .orElse(DateColumn.NONE);
  }

  private static long numbers(Matcher date, int year, int month, int day) {
    return date.matches()
        ? at(number(date, year), number(date, month), number(date, day), date.group(5))
        : DateColumn.NONE;
  }

  private static int number(Matcher date, int group) {
    return Integer.parseInt(date.group(group));
  }

  private static long named(String cell) {
    Matcher date = NAMED.matcher(cell);
    String time = null;
    String day;
    if (date.matches()) {
      if (date.group("day") != null && date.group("after") != null) {
        return DateColumn.NONE;
      }
      day = date.group("day") != null ? date.group("day") : date.group("after");
      time = date.group("time");
    } else {
      date = NAMED_YEAR_FIRST.matcher(cell);
      if (!date.matches()) {
        return DateColumn.NONE;
      }
      day = date.group("day");
    }
    int year = Integer.parseInt(date.group("year"));
    int month = month(date.group("month"));
    if (day != null) {
      return at(year, month, Integer.parseInt(day), time);
    }
    return time == null
        ? DateColumn.code(LocalDate.of(year, month, 1).atStartOfDay(), Precision.MONTH)
        : DateColumn.NONE;
  }

  private static long at(int year, int month, int day, String timeOfDay) {
    long start = DateColumn.code(LocalDate.of(year, month, day).atStartOfDay(), Precision.DAY);
    return timeOfDay == null ? start : TimeOfDay.add(start, timeOfDay);
  }

  private static long epoch(Matcher number, TimeUnit unit) {
    if (!number.matches()) {
      return DateColumn.NONE;
    }
    String digits = number.group();
    int dot = digits.indexOf('.');
    long count = Long.parseLong(dot < 0 ? digits : digits.substring(0, dot));
    return DateColumn.code(unit.toMicros(count), Precision.ZONED);
  }
}
