package io.millrace.augmentation.dataset;

import io.millrace.contracts.request.DatasetSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * The options of a request for the format of a CSV file; null means: detect it from the file.
 *
 * @param delimiter between cells
 * @param decimal the decimal separator
 * @param thousands the thousands separator
 * @param header whether the first row names the columns
 * @param names the columns that the request names
 */
record CsvSpelling(
    String delimiter, String decimal, String thousands, Boolean header, List<String> names) {
  /** The options without a request: everything is detected. */
  static final CsvSpelling SHOWN = new CsvSpelling(null, null, null, null, List.of());

  CsvSpelling {
    names = List.copyOf(names);
  }

  /** The options of a request for a series. */
  static CsvSpelling of(DatasetSpec.Series spec) {
    var names = new ArrayList<>(spec.seen());
    names.addAll(spec.predicted());
    if (spec.label() != null) {
      names.add(spec.label());
    }
    return new CsvSpelling(
        spec.delimiter(), spec.decimal(), spec.thousands(), spec.header(), names);
  }

  /** The options of a request for rows. */
  static CsvSpelling of(DatasetSpec.Rows spec) {
    return new CsvSpelling(
        spec.delimiter(), spec.decimal(), spec.thousands(), spec.header(), List.of(spec.target()));
  }
}
