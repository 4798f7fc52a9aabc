package io.millrace.augmentation.dataset;

import io.millrace.contracts.request.DatasetSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * What a request says of how a CSV file is written; null stands for what the file shows.
 *
 * @param delimiter between cells
 * @param decimal before a number's fraction
 * @param thousands between groups of three digits
 * @param header whether the first row names the columns
 * @param names of columns that the request names
 */
record CsvSpelling(
    String delimiter, String decimal, String thousands, Boolean header, List<String> names) {
  /** Where there is no request. */
  static final CsvSpelling SHOWN = new CsvSpelling(null, null, null, null, List.of());

  CsvSpelling {
    names = List.copyOf(names);
  }

  /** What a request for a series says. */
  static CsvSpelling of(DatasetSpec.Series spec) {
    var names = new ArrayList<>(spec.seen());
    names.addAll(spec.predicted());
    if (spec.label() != null) {
      names.add(spec.label());
    }
    return new CsvSpelling(
        spec.delimiter(), spec.decimal(), spec.thousands(), spec.header(), names);
  }

  /** What a request for rows says. */
  static CsvSpelling of(DatasetSpec.Rows spec) {
    return new CsvSpelling(
        spec.delimiter(), spec.decimal(), spec.thousands(), spec.header(), List.of(spec.target()));
  }
}
