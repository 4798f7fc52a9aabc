package io.millrace.augmentation.dataset;

import io.millrace.contracts.dataset.SeriesTime;
import java.time.DayOfWeek;
import java.time.LocalDateTime;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.IntToLongFunction;

/**
 * The time from one row of a regular series to the next: the most common difference, if nearly all
 * differences equal it and the others are multiples of it.
 *
 * @param unit the unit of the length
 * @param length at least 1
 * @param gaps the number of missing steps between the first row and the last
 */
record TimeStep(Unit unit, long length, int gaps) {
  /** The unit of a step. */
  enum Unit {
    /** Calendar months: all rows are on the same day of a month. */
    MONTHS,
    /** Calendar months: all rows are on the last day of a month. */
    MONTH_ENDS,
    /** Microseconds. */
    MICROSECONDS,
    /** Days without Saturdays and Sundays; missing ones are holidays. */
    WORKING_DAYS
  }

  /** At most one in this many differences may be another than the most common one. */
  private static final int REGULAR = 20;

  /** The same for working days, because countries have more or fewer holidays. */
  private static final int WORKING = 5;

  private static final int WEEK = 7;
  private static final int WORKING_WEEK = 5;
  private static final int MONTHS_A_YEAR = 12;
  private static final int LEAST_ROWS = 3;

  /** The first Monday from 1970 on, in days since then. */
  private static final int MONDAY = 4;

  /**
   * The step of rows in the order of time, with no two at the same time.
   *
   * @return empty if they are not regular or too few
   */
  static Optional<TimeStep> of(DateColumn dates) {
    if (dates.size() < LEAST_ROWS) {
      return Optional.empty();
    }
    Optional<TimeStep> step =
        monthly(dates)
            .flatMap(unit -> of(unit, dates.size(), row -> month(dates.get(row)), REGULAR));
    if (step.isEmpty()) {
      step = of(Unit.MICROSECONDS, dates.size(), row -> DateColumn.micros(dates.get(row)), REGULAR);
    }
    if (step.isEmpty() && isOfWorkingDays(dates)) {
      step =
          of(Unit.WORKING_DAYS, dates.size(), row -> workingDay(dates.get(row)), WORKING)
              .filter(found -> found.length == 1);
    }
    return step;
  }

  private static Optional<TimeStep> of(Unit unit, int rows, IntToLongFunction place, int divisor) {
    long[] differences = new long[rows - 1];
    for (int i = 0; i < differences.length; i++) {
      differences[i] = place.applyAsLong(i + 1) - place.applyAsLong(i);
    }
    long step = mostCommon(differences);
    long missing = 0;
    int others = 0;
    for (long difference : differences) {
      if (step <= 0 || difference % step != 0) {
        return Optional.empty();
      }
      others += difference == step ? 0 : 1;
      missing += difference / step - 1;
    }
    return (long) others * divisor > differences.length
        ? Optional.empty()
        : Optional.of(new TimeStep(unit, step, (int) Math.min(missing, Integer.MAX_VALUE)));
  }

  private static long mostCommon(long[] values) {
    long[] sorted = values.clone();
    Arrays.sort(sorted);
    long common = sorted[0];
    int most = 0;
    int start = 0;
    for (int i = 1; i <= sorted.length; i++) {
      if (i == sorted.length || sorted[i] != sorted[start]) {
        if (i - start > most) {
          most = i - start;
          common = sorted[start];
        }
        start = i;
      }
    }
    return common;
  }

  private static Optional<Unit> monthly(DateColumn dates) {
    LocalDateTime first = DateColumn.time(dates.get(0));
    boolean isSameDay = true;
    boolean isLastDay = true;
    for (int i = 0; i < dates.size() && (isSameDay || isLastDay); i++) {
      LocalDateTime time = DateColumn.time(dates.get(i));
      boolean isSameTime = time.toLocalTime().equals(first.toLocalTime());
      isSameDay = isSameDay && isSameTime && time.getDayOfMonth() == first.getDayOfMonth();
      isLastDay = isLastDay && isSameTime && isLastOfMonth(time);
    }
    return isSameDay
        ? Optional.of(Unit.MONTHS)
        : isLastDay ? Optional.of(Unit.MONTH_ENDS) : Optional.empty();
  }

  private static boolean isLastOfMonth(LocalDateTime time) {
    return time.getDayOfMonth() == time.toLocalDate().lengthOfMonth();
  }

  private static long month(long code) {
    return DateColumn.time(code).getLong(ChronoField.PROLEPTIC_MONTH);
  }

  private static boolean isOfWorkingDays(DateColumn dates) {
    long day = TimeUnit.DAYS.toMicros(1);
    long first = DateColumn.micros(dates.get(0));
    for (int i = 0; i < dates.size(); i++) {
      DayOfWeek weekday = DateColumn.time(dates.get(i)).getDayOfWeek();
      if (weekday.compareTo(DayOfWeek.FRIDAY) > 0
          || (DateColumn.micros(dates.get(i)) - first) % day != 0) {
        return false;
      }
    }
    return true;
  }

  private static long workingDay(long code) {
    long sinceMonday = Math.floorDiv(DateColumn.micros(code), TimeUnit.DAYS.toMicros(1)) - MONDAY;
    return Math.floorDiv(sinceMonday, WEEK) * WORKING_WEEK + Math.floorMod(sinceMonday, WEEK);
  }

  /** Whether missing steps are missing values and not holidays. */
  boolean hasTrueGaps() {
    return gaps > 0 && unit != Unit.WORKING_DAYS;
  }

  /** The number of steps from one time to another. */
  long between(long from, long to) {
    return unit == Unit.MONTHS || unit == Unit.MONTH_ENDS
        ? (month(to) - month(from)) / length
        : (DateColumn.micros(to) - DateColumn.micros(from)) / length;
  }

  /** The time that is this many steps after another one. */
  long after(long from, long steps) {
    if (unit != Unit.MONTHS && unit != Unit.MONTH_ENDS) {
      return DateColumn.code(DateColumn.micros(from) + steps * length, DateColumn.precision(from));
    }
    LocalDateTime time = DateColumn.time(from).plusMonths(steps * length);
    return DateColumn.code(
        unit == Unit.MONTH_ENDS ? time.withDayOfMonth(time.toLocalDate().lengthOfMonth()) : time,
        DateColumn.precision(from));
  }

  /** The step for users, such as {@code 1 month} or {@code 15 minutes}. */
  String text() {
    return switch (unit) {
      case MONTHS, MONTH_ENDS ->
          length % MONTHS_A_YEAR == 0
              ? text(length / MONTHS_A_YEAR, "year")
              : text(length, "month");
      case WORKING_DAYS -> SeriesTime.WORKING_DAY;
      case MICROSECONDS -> {
        for (ChronoUnit unit :
            new ChronoUnit[] {ChronoUnit.DAYS, ChronoUnit.HOURS, ChronoUnit.MINUTES}) {
          long micros = TimeUnit.of(unit).toMicros(1);
          if (length % micros == 0) {
            String name = TimeUnit.of(unit).name().toLowerCase(java.util.Locale.ROOT);
            yield text(length / micros, name.substring(0, name.length() - 1));
          }
        }
        long second = TimeUnit.SECONDS.toMicros(1);
        yield length % second == 0
            ? text(length / second, "second")
            : (double) length / second + " seconds";
      }
    };
  }

  private static String text(long count, String unit) {
    return count + " " + unit + (count == 1 ? "" : "s");
  }
}
