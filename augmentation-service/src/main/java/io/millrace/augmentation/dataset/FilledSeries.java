package io.millrace.augmentation.dataset;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.Missing;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * The columns of a series, or of several series one after the other, after missing values were
 * handled.
 *
 * @param columns the values of each column by row: finite, or with {@link Missing#DROP_WINDOWS} NaN
 *     for a missing value
 * @param dates of the rows; empty if the file has none
 * @param starts the first row of each series
 * @param missing the rows with missing values in the file
 * @param missingValues the number of missing values in the file's rows
 * @param missingSteps the number of missing rows of regular series
 */
record FilledSeries(
    double[][] columns,
    DateColumn dates,
    int[] starts,
    BitSet missing,
    int missingValues,
    int missingSteps) {

  /**
   * The options of a request for missing values.
   *
   * @param how not {@link Missing#REFUSE}, unless nothing is missing
   * @param requested the requested columns; missing numbers may be interpolated
   */
  record Filling(Missing how, ValueColumns requested) {}

  /**
   * Handles the missing values of a single series as the request says.
   *
   * @param columns in the order of time, NaN for a missing value
   * @param step the step of a regular series whose missing steps count as missing values; otherwise
   *     empty
   * @throws InvalidMessageException if no value is left, or there are too many rows
   */
  static FilledSeries of(
      double[][] columns, DateColumn dates, Optional<TimeStep> step, Filling filling) {
    int missingValues = 0;
    for (double[] values : columns) {
      missingValues += missing(values).cardinality();
    }
    int absent = step.map(TimeStep::gaps).orElse(0);
    FilledSeries whole = absent == 0 ? of(columns, dates) : withSteps(columns, dates, step.get());
    FilledSeries filled = whole.filled(filling);
    return new FilledSeries(
        filled.columns, filled.dates, filled.starts, filled.missing, missingValues, absent);
  }

  private static FilledSeries of(double[][] columns, DateColumn dates) {
    var missing = new BitSet();
    for (double[] values : columns) {
      missing.or(missing(values));
    }
    return new FilledSeries(columns, dates, new int[1], missing, 0, 0);
  }

  private static BitSet missing(double[] values) {
    var missing = new BitSet();
    for (int i = 0; i < values.length; i++) {
      missing.set(i, Double.isNaN(values[i]));
    }
    return missing;
  }

  /** Joins several series with the same columns, one after the other. */
  static FilledSeries join(List<FilledSeries> series) {
    if (series.size() == 1) {
      return series.get(0);
    }
    int rows = series.stream().mapToInt(FilledSeries::rows).sum();
    double[][] columns = new double[series.get(0).columns.length][rows];
    var dates = new DateColumn();
    int[] starts = new int[series.size()];
    var missing = new BitSet();
    int row = 0;
    for (int i = 0; i < starts.length; i++) {
      FilledSeries one = series.get(i);
      starts[i] = row;
      for (int column = 0; column < columns.length; column++) {
        System.arraycopy(one.columns[column], 0, columns[column], row, one.rows());
      }
      for (int j = 0; j < one.dates.size(); j++) {
        dates.add(one.dates.get(j));
      }
      int start = row;
      one.missing.stream().forEach(j -> missing.set(start + j));
      row += one.rows();
    }
    return new FilledSeries(
        columns,
        dates,
        starts,
        missing,
        series.stream().mapToInt(FilledSeries::missingValues).sum(),
        series.stream().mapToInt(FilledSeries::missingSteps).sum());
  }

  /** The number of rows of all series. */
  int rows() {
    return columns[0].length;
  }

  /** The row after the last row of a series. */
  int end(int series) {
    return series == starts.length - 1 ? rows() : starts[series + 1];
  }

  private static FilledSeries withSteps(double[][] columns, DateColumn dates, TimeStep step) {
    int known = dates.size();
    long rows = (long) known + step.gaps();
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
    double[][] all = new double[columns.length][(int) rows];
    for (double[] values : all) {
      Arrays.fill(values, Double.NaN);
    }
    var times = new DateColumn();
    int row = 0;
    for (int i = 0; i < known; i++) {
      long before = i == 0 ? 0 : dates.get(i - 1);
      long steps = i == 0 ? 1 : step.between(before, dates.get(i));
      for (int ahead = 1; ahead < steps; ahead++) {
        times.add(step.after(before, ahead));
        row++;
      }
      times.add(dates.get(i));
      for (int column = 0; column < columns.length; column++) {
        all[column][row] = columns[column][i];
      }
      row++;
    }
    return of(all, times);
  }

  private FilledSeries filled(Filling filling) {
    if (missing.isEmpty() || filling.how == Missing.DROP_WINDOWS) {
      return this;
    }
    int first = 0;
    int end = rows();
    double[][] full = new double[columns.length][];
    for (int column = 0; column < full.length; column++) {
      ValueColumns.Requested requested = filling.requested.columns().get(column);
      BitSet gaps = missing(columns[column]);
      int begin = gaps.nextClearBit(0);
      if (begin >= rows()) {
        throw new InvalidMessageException(requested.field(), "has no values");
      }
      boolean isLine = filling.how == Missing.INTERPOLATE && !requested.isCategory();
      int over = isLine ? gaps.previousClearBit(rows() - 1) + 1 : rows();
      full[column] = filled(columns[column].clone(), gaps, begin, over, isLine);
      first = Math.max(first, begin);
      end = Math.min(end, over);
    }
    if (first >= end) {
      throw new InvalidMessageException(
          "dataset.missing", "leaves no rows: the values of the columns do not overlap");
    }
    for (int column = 0; column < full.length; column++) {
      full[column] = Arrays.copyOfRange(full[column], first, end);
    }
    return new FilledSeries(
        full,
        dates.isEmpty() ? dates : dates.part(first, end),
        new int[1],
        missing.get(first, end),
        0,
        0);
  }

  /**
   * Fills the gaps between the first value and the last.
   *
   * @param isLine true for a straight line, false to repeat the value before
   */
  private static double[] filled(
      double[] values, BitSet gaps, int first, int over, boolean isLine) {
    int gap = gaps.nextSetBit(first);
    while (gap >= 0 && gap < over) {
      int end = Math.min(gaps.nextClearBit(gap), over);
      double before = values[gap - 1];
      for (int i = gap; i < end; i++) {
        values[i] =
            isLine ? before + (values[end] - before) * (i - gap + 1) / (end - gap + 1) : before;
      }
      gap = gaps.nextSetBit(end);
    }
    return values;
  }
}
