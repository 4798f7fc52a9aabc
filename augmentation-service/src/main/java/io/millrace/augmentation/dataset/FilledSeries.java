package io.millrace.augmentation.dataset;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.Missing;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;

/**
 * A series after something was done about what it misses.
 *
 * @param values finite; under {@link Missing#DROP_WINDOWS} not a number where one is missing
 * @param dates of the rows; empty where the file has none
 * @param missing the rows whose value the file does not have
 * @param missingValues how many rows of the file have none
 * @param missingSteps how many rows a regular series misses
 */
record FilledSeries(
    double[] values, DateColumn dates, BitSet missing, int missingValues, int missingSteps) {

  /**
   * Does what a request says about missing values.
   *
   * @param values in the order of time, not a number where one is missing
   * @param step of a regular series whose missing steps count as missing values; else empty
   * @param how not {@link Missing#REFUSE}, unless there is nothing missing
   * @throws InvalidMessageException where no value is left, or there are too many rows
   */
  static FilledSeries of(double[] values, DateColumn dates, Optional<TimeStep> step, Missing how) {
    int absent = step.map(TimeStep::gaps).orElse(0);
    FilledSeries whole =
        absent == 0
            ? new FilledSeries(values, dates, missing(values), 0, 0)
            : withSteps(values, dates, step.get());
    int missingValues = missing(values).cardinality();
    FilledSeries filled = whole.filled(how);
    return new FilledSeries(filled.values, filled.dates, filled.missing, missingValues, absent);
  }

  private static BitSet missing(double[] values) {
    var missing = new BitSet();
    for (int i = 0; i < values.length; i++) {
      missing.set(i, Double.isNaN(values[i]));
    }
    return missing;
  }

  private static FilledSeries withSteps(double[] values, DateColumn dates, TimeStep step) {
    long rows = (long) values.length + step.gaps();
    if (rows > DatasetLimits.SAMPLES) {
      throw new InvalidMessageException(
          "dataset.missing",
          "cannot fill "
              + step.gaps()
              + " missing steps of "
              + step.text()
              + ": a series has at most "
              + DatasetLimits.SAMPLES
              + " rows");
    }
    double[] all = new double[(int) rows];
    Arrays.fill(all, Double.NaN);
    var times = new DateColumn();
    int row = 0;
    for (int i = 0; i < values.length; i++) {
      long before = i == 0 ? 0 : dates.get(i - 1);
      long steps = i == 0 ? 1 : step.between(before, dates.get(i));
      for (int ahead = 1; ahead < steps; ahead++) {
        times.add(step.after(before, ahead));
        row++;
      }
      times.add(dates.get(i));
      all[row++] = values[i];
    }
    return new FilledSeries(all, times, missing(all), 0, 0);
  }

  private FilledSeries filled(Missing how) {
    if (missing.isEmpty() || how == Missing.DROP_WINDOWS) {
      return this;
    }
    int first = missing.nextClearBit(0);
    int last =
        how == Missing.INTERPOLATE
            ? missing.previousClearBit(values.length - 1)
            : values.length - 1;
    if (first >= values.length) {
      throw new InvalidMessageException("dataset.column", "holds no value at all");
    }
    double[] full = Arrays.copyOfRange(values, first, last + 1);
    BitSet inside = missing.get(first, last + 1);
    int gap = inside.nextSetBit(0);
    while (gap >= 0) {
      int end = Math.min(inside.nextClearBit(gap), full.length);
      for (int i = gap; i < end; i++) {
        full[i] =
            how == Missing.FORWARD_FILL
                ? full[gap - 1]
                : full[gap - 1] + (full[end] - full[gap - 1]) * (i - gap + 1) / (end - gap + 1);
      }
      gap = inside.nextSetBit(end);
    }
    return new FilledSeries(
        full, dates.isEmpty() ? dates : dates.part(first, last + 1), inside, 0, 0);
  }
}
