package io.millrace.contracts.dataset;

import io.millrace.contracts.Check;
import io.millrace.contracts.request.Missing;

/**
 * The missing values of a series, and the samples that they affect.
 *
 * @param missing how missing values were treated
 * @param values empty cells and blank lines
 * @param steps rows that are missing between the first and the last row of a regular series
 * @param windows samples of all parts whose window or predicted values include a missing value;
 *     {@code drop_windows} leaves them out, otherwise they contain filled values
 */
public record SeriesGaps(Missing missing, Integer values, Integer steps, Integer windows) {
  public SeriesGaps {
    Check.required("missing", missing);
    values = Check.range("values", values, 0, Integer.MAX_VALUE);
    steps = Check.range("steps", steps, 0, Integer.MAX_VALUE);
    windows = Check.range("windows", windows, 0, Integer.MAX_VALUE);
  }
}
