package io.millrace.augmentation.dataset;

import io.millrace.contracts.request.CalendarFeature;
import io.millrace.contracts.request.Scaler;
import io.millrace.contracts.task.DatasetDescription.ColumnScale;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;

/**
 * A feature or a target, row by row.
 *
 * @param values scaled; for a one-hot feature, the indices of the column's names
 * @param name the index of the feature's name; {@link #NONE} for the values themselves
 * @param isNumber whether it is a numeric column
 * @param scale how it was scaled
 */
record ScaledColumn(float[] values, int name, boolean isNumber, ColumnScale scale) {
  private static final int NONE = -1;
  private static final int SECONDS_A_DAY = 24 * 60 * 60;
  private static final int DAYS_A_WEEK = 7;
  private static final int MONTHS_A_YEAR = 12;

  /** For each column, whether it is numeric. */
  static boolean[] areNumbers(List<ScaledColumn> columns) {
    boolean[] areNumbers = new boolean[columns.size()];
    for (int i = 0; i < areNumbers.length; i++) {
      areNumbers[i] = columns.get(i).isNumber;
    }
    return areNumbers;
  }

  /** The value of a row. */
  float at(int row) {
    return name == NONE ? values[row] : values[row] == name ? 1 : 0;
  }

  /**
   * Scales a numeric column.
   *
   * @param training the known values of the training part, to which the scaler is fitted
   */
  static ScaledColumn of(String name, double[] values, Scaler scaler, double[] training) {
    ColumnScale scale = fit(name, scaler, training);
    float[] scaled = new float[values.length];
    for (int row = 0; row < scaled.length; row++) {
      scaled[row] = (float) ((values[row] - scale.offset()) / scale.scale());
    }
    return new ScaledColumn(scaled, NONE, true, scale);
  }

  private static ColumnScale fit(String name, Scaler scaler, double[] values) {
    double scale = 1;
    double offset = 0;
    switch (scaler) {
      case MIN_MAX -> {
        double least = Double.POSITIVE_INFINITY;
        double most = Double.NEGATIVE_INFINITY;
        for (double value : values) {
          least = Math.min(least, value);
          most = Math.max(most, value);
        }
        scale = most - least;
        offset = least;
      }
      case STANDARD -> {
        double sum = 0;
        for (double value : values) {
          sum += value;
        }
        offset = sum / values.length;
        double squares = 0;
        for (double value : values) {
          squares += (value - offset) * (value - offset);
        }
        scale = Math.sqrt(squares / values.length);
      }
      case NONE -> {}
    }
    // A constant training part is only shifted, as by scikit-learn's scalers.
    return new ColumnScale(name, scale > 0 ? scale : 1.0, offset);
  }

  /** One-hot encodes a column of names: one feature for each name. */
  static List<ScaledColumn> oneHot(String name, double[] places, List<String> names) {
    float[] values = new float[places.length];
    for (int row = 0; row < values.length; row++) {
      values[row] = (float) places[row];
    }
    var features = new ArrayList<ScaledColumn>();
    for (int i = 0; i < names.size(); i++) {
      var scale = new ColumnScale(name + "=" + names.get(i), 1.0, 0.0);
      features.add(new ScaledColumn(values, i, false, scale));
    }
    return features;
  }

  /** The sine and cosine of the rows' positions in a calendar cycle. */
  static List<ScaledColumn> calendar(CalendarFeature feature, DateColumn dates) {
    float[] sines = new float[dates.size()];
    float[] cosines = new float[dates.size()];
    for (int row = 0; row < sines.length; row++) {
      LocalDateTime time = DateColumn.time(dates.get(row));
      double ofDay = (double) time.toLocalTime().toSecondOfDay() / SECONDS_A_DAY;
      double share =
          switch (feature) {
            case HOUR -> ofDay;
            case WEEKDAY -> (time.getDayOfWeek().getValue() - 1 + ofDay) / DAYS_A_WEEK;
            case MONTH -> (time.getMonthValue() - 1.0) / MONTHS_A_YEAR;
          };
      sines[row] = (float) StrictMath.sin(2 * Math.PI * share);
      cosines[row] = (float) StrictMath.cos(2 * Math.PI * share);
    }
    return List.of(
        new ScaledColumn(sines, NONE, false, new ColumnScale(feature.json() + "_sin", 1.0, 0.0)),
        new ScaledColumn(cosines, NONE, false, new ColumnScale(feature.json() + "_cos", 1.0, 0.0)));
  }
}
