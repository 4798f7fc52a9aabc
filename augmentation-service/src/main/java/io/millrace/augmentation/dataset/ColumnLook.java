package io.millrace.augmentation.dataset;

import io.millrace.contracts.request.IsoTime.Precision;
import java.util.List;

/** Examines all cells of a column to find out what the column holds. */
final class ColumnLook {
  private final String name;

  /** The readers for the possible date formats. */
  private final List<DateReader> readers;

  /** A bit for each reader that reads all cells so far as dates. */
  private int dates;

  private final NumberLook numbers;
  private boolean isEmpty = true;
  private boolean beganWithDate;
  private boolean beginsWithDay;
  private boolean rises = true;
  private long last;

  /** The first cell that no remaining reader reads as a date, and its line. */
  private String flaw;

  private int flawLine;

  /**
   * @param field the request's field that names the column
   */
  ColumnLook(String field, String name, List<DateReader> readers, List<NumberForm> forms) {
    this.name = name;
    this.readers = readers;
    numbers = new NumberLook(field, name, forms);
  }

  /**
   * Whether another cell could change the result.
   *
   * @param ofNumbers whether to consider numbers, too
   */
  boolean isOpen(boolean ofNumbers) {
    return isEmpty || dates != 0 || ofNumbers && numbers.isOpen();
  }

  /** Examines the cell of the next row. */
  void take(String cell, int line) {
    boolean isFirst = isEmpty;
    isEmpty = false;
    if (isFirst || dates != 0) {
      takeDate(cell, line, isFirst ? (1 << readers.size()) - 1 : dates);
      if (isFirst && dates != 0) {
        beganWithDate = true;
        beginsWithDay = isIso() && DateColumn.precision(last).compareTo(Precision.DAY) <= 0;
      }
    }
    numbers.take(cell, line);
  }

  private void takeDate(String cell, int line, int before) {
    boolean isFirst = dates == 0;
    int after = 0;
    for (int i = 0; i < readers.size(); i++) {
      long time = (before >> i & 1) == 0 ? DateColumn.NONE : readers.get(i).read(cell);
      if (time == DateColumn.NONE) {
        continue;
      }
      after |= 1 << i;
      if (i == 0) {
        rises = rises && (isFirst || DateColumn.micros(time) > DateColumn.micros(last));
        last = time;
      }
    }
    dates = after;
    if (dates == 0) {
      flaw = cell;
      flawLine = line;
    }
  }

  /** Whether the first reader, for ISO dates, reads all cells so far. */
  private boolean isIso() {
    return (dates & 1) == 1;
  }

  String name() {
    return name;
  }

  /** The result for numbers. */
  NumberLook numbers() {
    return numbers;
  }

  /** Whether all cells are dates. */
  boolean isOfDates() {
    return dates != 0;
  }

  /** Whether the first cell is a date. */
  boolean beganWithDate() {
    return beganWithDate;
  }

  /** Whether the first cell is an ISO day or month. */
  boolean beginsWithDay() {
    return beginsWithDay;
  }

  /** Whether all cells are ISO days, months or times, each later than the one before. */
  boolean isRisingIso() {
    return beginsWithDay && isIso() && rises;
  }

  /** The most likely reader that reads all cells as dates. */
  DateReader reader() {
    return readers.get(Integer.numberOfTrailingZeros(dates));
  }

  /** Whether the cells leave open if the day or the month comes first. */
  boolean isAmbiguous() {
    return isOfDates() && reader().isAmbiguous() && Integer.bitCount(dates) > 1;
  }

  /** The first cell that is not a date in the format of the cells before it. */
  String flaw() {
    return flaw;
  }

  /** The line of {@link #flaw}. */
  int flawLine() {
    return flawLine;
  }
}
