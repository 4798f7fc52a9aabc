package io.millrace.augmentation.dataset;

import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Dates {@code 2020-10-01} or months {@code 2020-10}, strictly rising, in eight bytes each. */
final class DateColumn {
  /** The date as days since 1970, doubled, and 1 more for a month. */
  private long[] dates = new long[16];

  private int size;

  boolean isEmpty() {
    return size == 0;
  }

  /**
   * Adds a date at the end.
   *
   * @param text as which it is written: in full, or as a month where it is the first of one
   * @return false where it does not come after the last one; it is not added then
   */
  boolean add(LocalDate date, String text) {
    if (size > 0 && date.toEpochDay() <= dates[size - 1] >> 1) {
      return false;
    }
    if (size == dates.length) {
      dates = Arrays.copyOf(dates, size * 2);
    }
    int isMonth = text.length() < date.toString().length() ? 1 : 0;
    dates[size++] = date.toEpochDay() << 1 | isMonth;
    return true;
  }

  /** How many are before a day. */
  int before(LocalDate day) {
    int count = 0;
    while (count < size && dates[count] >> 1 < day.toEpochDay()) {
      count++;
    }
    return count;
  }

  /** Dates as they are written, {@code from..to-1}. */
  List<String> texts(int from, int to) {
    var texts = new ArrayList<String>(to - from);
    for (int i = from; i < to; i++) {
      texts.add(text(i));
    }
    return texts;
  }

  /** The last date, as it is written. */
  String last() {
    return text(size - 1);
  }

  private String text(int index) {
    LocalDate date = LocalDate.ofEpochDay(dates[index] >> 1);
    return (dates[index] & 1) == 1 ? YearMonth.from(date).toString() : date.toString();
  }
}
