package io.millrace.augmentation.dataset;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.DatasetSpec;
import java.io.IOException;
import java.io.Reader;
import java.util.Objects;

/**
 * One column of a CSV file as a series. Of the other columns nothing is kept.
 *
 * @param column its name
 * @param dateColumn the name that a request gives for the column of dates, or null
 * @param values all of them finite
 * @param dates of the rows; empty where the file has none
 */
record SeriesTable(String column, String dateColumn, double[] values, DateColumn dates) {

  /**
   * Reads the column that a request names, in one pass over the file.
   *
   * @throws InvalidMessageException naming the field, and the line that is wrong
   */
  static SeriesTable read(DataFile file, DatasetLimits limits, DatasetSpec.Series spec)
      throws IOException {
    try (Reader text = file.text(limits.csvBytes())) {
      return new SeriesReader(new CsvReader(file, text), file, spec).read();
    }
  }

  /** Whether this is what a request asks for of the same file. */
  boolean serves(DatasetSpec.Series spec) {
    return column.equals(spec.column()) && Objects.equals(dateColumn, spec.dateColumn());
  }
}
