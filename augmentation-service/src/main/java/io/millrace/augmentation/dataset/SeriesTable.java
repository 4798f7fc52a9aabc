package io.millrace.augmentation.dataset;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.dataset.SeriesTime;
import io.millrace.contracts.request.DatasetSpec;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * Columns of a CSV file as a series, or as several, each in the order of time. Of the other columns
 * nothing is kept.
 *
 * @param spec the request that it was read for
 * @param asked the columns
 * @param names of each column that holds names, in the order of their values; null for numbers
 * @param series the values and their dates
 * @param time what was understood of the dates
 */
record SeriesTable(
    DatasetSpec.Series spec,
    ValueColumns asked,
    List<List<String>> names,
    FilledSeries series,
    SeriesTime time) {

  /**
   * Reads the columns that a request names.
   *
   * @throws InvalidMessageException naming the field, and the line that is wrong
   */
  static SeriesTable read(DataFile file, DatasetLimits limits, DatasetSpec.Series spec)
      throws IOException {
    var csv = new SeriesFile(file, limits.csvBytes(), CsvSpelling.of(spec));
    return new SeriesReader(csv, spec).read();
  }

  /** The values of the first column. */
  double[] values() {
    return series.columns()[0];
  }

  /** The values of a column. */
  double[] values(String name) {
    return series.columns()[asked.place(name)];
  }

  /** The names that a column holds, in the order of their values. */
  List<String> names(String column) {
    return names.get(asked.place(column));
  }

  /** The dates of the rows; empty where the file has none. */
  DateColumn dates() {
    return series.dates();
  }

  /** Whether this is what a request asks for of the same file. */
  boolean serves(DatasetSpec.Series other) {
    return Arrays.equals(read(spec), read(other));
  }

  /** What of a request its table depends on. */
  private static Object[] read(DatasetSpec.Series spec) {
    return new Object[] {
      ValueColumns.of(spec),
      Objects.requireNonNullElse(spec.label(), ""),
      spec.dateColumn(),
      spec.dateFormat(),
      spec.seriesKey(),
      spec.missing(),
      spec.delimiter(),
      spec.decimal(),
      spec.thousands(),
      spec.header()
    };
  }
}
