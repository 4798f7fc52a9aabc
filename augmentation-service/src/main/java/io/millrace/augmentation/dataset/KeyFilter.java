package io.millrace.augmentation.dataset;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.SeriesKey;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;

/** Selects the rows of the requested series from a file with several series. */
final class KeyFilter {
  private static final int NONE = -1;

  /** The maximum number of values that an error lists. */
  private static final int MOST_VALUES = 20;

  /** Null if all rows are selected. */
  private final SeriesKey key;

  private final int column;
  private final Set<String> seen = new LinkedHashSet<>();
  private boolean isMet;
  private String value = "";

  /**
   * Creates a filter.
   *
   * @param key null to select all rows
   * @throws InvalidMessageException if the file does not have the column
   */
  KeyFilter(SeriesFile file, SeriesKey key) {
    this.key = key;
    column = key == null ? NONE : file.column("dataset.series_key.column", key.column());
    isMet = key == null;
  }

  boolean wants(int column) {
    return column == this.column;
  }

  void cell(String text, int column) {
    if (column == this.column) {
      value = text;
      isMet = key.isOfAll() || text.equals(key.value());
      if (seen.size() < MOST_VALUES) {
        seen.add(text);
      }
    }
  }

  /** The series of the current row. */
  String value() {
    return value;
  }

  /** Whether the current row is selected. */
  boolean isMet() {
    return isMet;
  }

  /**
   * Checks that some row has the key.
   *
   * @param rows the number of rows that have it
   */
  void requireRows(int rows) {
    if (key != null && !key.isOfAll() && rows == 0) {
      throw new InvalidMessageException(
          "dataset.series_key.value",
          Check.quote(key.value())
              + " is not a value of column "
              + Check.quote(key.column())
              + "; give one of "
              + KnownNames.list(new ArrayList<>(seen)));
    }
  }
}
