package io.millrace.augmentation.dataset;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.dataset.SeriesTime;
import io.millrace.contracts.request.DatasetSpec;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * The requested columns of a CSV file as one or several series, each in the order of time.
 *
 * @param spec the request for which it was read
 * @param requested the requested columns
 * @param names for each column, the names in the order of their values; null for numbers
 * @param series the values and their dates
 * @param time the description of the dates
 */
record SeriesTable(
    DatasetSpec.Series spec,
    ValueColumns requested,
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
    return series.columns()[requested.place(name)];
  }

  /** The names in a column, in the order of their values. */
  List<String> names(String column) {
    return names.get(requested.place(column));
  }

  /** The dates of the rows; empty if the file has none. */
  DateColumn dates() {
    return series.dates();
  }

  /** Whether another request for the same file needs the same table. */
  boolean serves(DatasetSpec.Series other) {
    return Arrays.equals(read(spec), read(other));
  }

  /** The fields of a request on which the table depends. */
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
