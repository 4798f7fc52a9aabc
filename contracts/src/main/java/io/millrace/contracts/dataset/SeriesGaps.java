package io.millrace.contracts.dataset;

import io.millrace.contracts.Check;
import io.millrace.contracts.request.Missing;

/**
 * What was missing of a series, and what it touched.
 *
 * @param missing what was done about it
 * @param values empty cells and blank lines
 * @param steps rows that a regular series should have between its first and its last
 * @param windows samples of all parts that touch them, the predicted values included: left out
 *     under {@code drop_windows}, else made of filled values in part
 */
public record SeriesGaps(Missing missing, Integer values, Integer steps, Integer windows) {
  public SeriesGaps {
    Check.required("missing", missing);
    values = Check.range("values", values, 0, Integer.MAX_VALUE);
    steps = Check.range("steps", steps, 0, Integer.MAX_VALUE);
    windows = Check.range("windows", windows, 0, Integer.MAX_VALUE);
  }
}
