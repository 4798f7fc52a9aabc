package io.millrace.augmentation.dataset;

import io.millrace.contracts.request.IsoTime;
import io.millrace.contracts.request.IsoTime.Precision;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.SignStyle;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The times of a series' rows in eight bytes each: microseconds since 1970, times four, plus the
 * {@link Precision} that the file gives.
 */
final class DateColumn {
  /** The code for no time. */
  static final long NONE = Long.MIN_VALUE;

  private static final int SHIFT = 2;
  private static final Precision[] PRECISIONS = Precision.values();
  private static final DateTimeFormatter MONTH =
      new DateTimeFormatterBuilder()
          .appendValue(ChronoField.YEAR, 4, 10, SignStyle.EXCEEDS_PAD)
          .appendLiteral('-')
          .appendValue(ChronoField.MONTH_OF_YEAR, 2)
          .toFormatter();
  private static final DateTimeFormatter SECONDS =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .appendLiteral('T')
          .appendValue(ChronoField.HOUR_OF_DAY, 2)
          .appendLiteral(':')
          .appendValue(ChronoField.MINUTE_OF_HOUR, 2)
          .appendLiteral(':')
          .appendValue(ChronoField.SECOND_OF_MINUTE, 2)
          .appendFraction(ChronoField.MICRO_OF_SECOND, 0, 6, true)
          .toFormatter();

  private long[] times = new long[16];
  private int size;

  /** The code of a time. */
  static long code(LocalDateTime time, Precision precision) {
    return code(
        TimeUnit.SECONDS.toMicros(time.toEpochSecond(ZoneOffset.UTC))
            + TimeUnit.NANOSECONDS.toMicros(time.getNano()),
        precision);
  }

  /** The code of a time. */
  static long code(long micros, Precision precision) {
    return micros << SHIFT | precision.ordinal();
  }

  /** The microseconds since 1970 of a code. */
  static long micros(long code) {
    return code >> SHIFT;
  }

  /** The precision of a code. */
  static Precision precision(long code) {
    return PRECISIONS[(int) (code & 3)];
  }

  /** The date and time of day of a code. */
  static LocalDateTime time(long code) {
    long second = Math.floorDiv(micros(code), TimeUnit.SECONDS.toMicros(1));
    long rest = Math.floorMod(micros(code), TimeUnit.SECONDS.toMicros(1));
    return LocalDateTime.ofEpochSecond(
        second, (int) TimeUnit.MICROSECONDS.toNanos(rest), ZoneOffset.UTC);
  }

  /** A time in ISO 8601, in the precision of the file. */
  static String text(long code) {
    LocalDateTime time = time(code);
    return switch (precision(code)) {
      case MONTH -> MONTH.format(time);
      case DAY -> time.toLocalDate().toString();
      case LOCAL -> SECONDS.format(time);
      case ZONED -> SECONDS.format(time) + "Z";
    };
  }

  boolean isEmpty() {
    return size == 0;
  }

  int size() {
    return size;
  }

  /** The code of a time. */
  long get(int row) {
    return times[row];
  }

  /** Adds the time of the next row. */
  void add(long code) {
    if (size == times.length) {
      times = Arrays.copyOf(times, size * 2);
    }
    times[size++] = code;
  }

  /** The number of rows, which must be in order, before a time. */
  int before(IsoTime time) {
    long bound = micros(code(time.time(), time.precision()));
    int count = 0;
    while (count < size && micros(times[count]) < bound) {
      count++;
    }
    return count;
  }

  /** The times of the rows {@code from..to-1} as texts. */
  List<String> texts(int from, int to) {
    var texts = new ArrayList<String>(to - from);
    for (int i = from; i < to; i++) {
      texts.add(text(times[i]));
    }
    return texts;
  }

  /** Whether every row is later than the one before it. */
  boolean rises() {
    for (int i = 1; i < size; i++) {
      if (micros(times[i]) <= micros(times[i - 1])) {
        return false;
      }
    }
    return true;
  }

  /** The rows in the order of time; rows of the same time keep their order. */
  int[] order() {
    int[] order = new int[size];
    for (int i = 0; i < size; i++) {
      order[i] = i;
    }
    int[] other = new int[size];
    for (int run = 1; run < size && run > 0; run *= 2) {
      for (int start = 0; start < size; start += 2 * run) {
        merge(order, other, start, Math.min(size, start + run), Math.min(size, start + 2 * run));
      }
      int[] merged = other;
      other = order;
      order = merged;
    }
    return order;
  }

  private void merge(int[] from, int[] to, int start, int middle, int end) {
    int left = start;
    int right = middle;
    for (int i = start; i < end; i++) {
      boolean isLeft =
          right == end || left < middle && micros(times[from[left]]) <= micros(times[from[right]]);
      to[i] = isLeft ? from[left++] : from[right++];
    }
  }

  /** The rows {@code from..to-1}. */
  DateColumn part(int from, int to) {
    var part = new DateColumn();
    part.times = Arrays.copyOfRange(times, from, to);
    part.size = to - from;
    return part;
  }

  /** The same rows in another order. */
  DateColumn in(int[] order) {
    var sorted = new DateColumn();
    sorted.times = new long[Math.max(1, size)];
    for (int row : order) {
      sorted.add(times[row]);
    }
    return sorted;
  }
}
