package io.millrace.augmentation.dataset;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.SeriesKey;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;

/** Of a file that holds several series, the rows of those that a request asks for. */
final class KeyFilter {
  private static final int NONE = -1;

  /** The most values that an error lists. */
  private static final int MOST_VALUES = 20;

  /** Null where all rows are taken. */
  private final SeriesKey key;

  private final int column;
  private final Set<String> seen = new LinkedHashSet<>();
  private boolean isMet;
  private String value = "";

  /**
   * A filter.
   *
   * @param key null where all rows are taken
   * @throws InvalidMessageException where the file has no such column
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

  /** The series of the row at hand. */
  String value() {
    return value;
  }

  /** Whether the row at hand is one of the series. */
  boolean isMet() {
    return isMet;
  }

  /**
   * Refuses a key that no row has.
   *
   * @param rows that have it
   */
  void requireRows(int rows) {
    if (key != null && !key.isOfAll() && rows == 0) {
      throw new InvalidMessageException(
          "dataset.series_key.value",
          Check.quote(key.value())
              + " is in no row of "
              + Check.quote(key.column())
              + "; there are "
              + KnownNames.list(new ArrayList<>(seen)));
    }
  }
}
