package io.millrace.augmentation.dataset;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.dataset.SeriesTime;
import io.millrace.contracts.request.DatasetSpec;
import java.io.IOException;
import java.util.Objects;

/**
 * One column of a CSV file as a series, in the order of time. Of the other columns nothing is kept.
 *
 * @param spec the request that it was read for
 * @param series the values and their dates
 * @param time what was understood of the dates
 */
record SeriesTable(DatasetSpec.Series spec, FilledSeries series, SeriesTime time) {

  /**
   * Reads the column that a request names.
   *
   * @throws InvalidMessageException naming the field, and the line that is wrong
   */
  static SeriesTable read(DataFile file, DatasetLimits limits, DatasetSpec.Series spec)
      throws IOException {
    return new SeriesReader(new SeriesFile(file, limits.csvBytes(), spec), spec).read();
  }

  /** The values. */
  double[] values() {
    return series.values();
  }

  /** The dates of the rows; empty where the file has none. */
  DateColumn dates() {
    return series.dates();
  }

  /** Whether this is what a request asks for of the same file. */
  boolean serves(DatasetSpec.Series other) {
    return spec.column().equals(other.column())
        && Objects.equals(spec.dateColumn(), other.dateColumn())
        && Objects.equals(spec.dateFormat(), other.dateFormat())
        && Objects.equals(spec.seriesKey(), other.seriesKey())
        && spec.missing() == other.missing()
        && Objects.equals(spec.delimiter(), other.delimiter())
        && Objects.equals(spec.decimal(), other.decimal())
        && Objects.equals(spec.thousands(), other.thousands())
        && Objects.equals(spec.header(), other.header());
  }
}
