package io.millrace.augmentation.dataset;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.contracts.task.DatasetDescription.SeriesScale;
import io.millrace.contracts.task.Part;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.util.List;

/**
 * A series, scaled, cut into windows and split by time. A sample is {@code window} values and the
 * {@code horizon} values after them; it belongs to the part in which all of those lie, and its
 * window may reach back into the part before, as a forecaster's would. The scaler knows the
 * training part's values only.
 */
public final class SeriesDataset implements Dataset {
  private final float[] scaled;
  private final int window;
  private final int horizon;
  private final Range train;
  private final Range validation;
  private final Range test;
  private final DatasetDescription description;
  private final DatasetContent content;

  /** The first predicted values of a part's samples, from {@code start}. */
  private record Range(int start, int samples) {
    /** Samples whose predicted values lie in {@code from..to-1}. */
    static Range of(int from, int to, int window, int horizon) {
      int start = Math.max(from, window);
      return new Range(start, Math.max(0, to - horizon - start + 1));
    }
  }

  private SeriesDataset(
      float[] scaled,
      DatasetSpec.Series spec,
      List<Range> parts,
      DatasetDescription description,
      DatasetContent content) {
    this.scaled = scaled;
    this.window = spec.window();
    this.horizon = spec.horizon();
    this.train = parts.get(0);
    this.validation = parts.get(1);
    this.test = parts.get(2);
    this.description = description;
    this.content = content;
  }

  /**
   * Splits and scales a series.
   *
   * @param content that the table was read from
   * @throws InvalidMessageException where a part would be without a sample
   */
  static SeriesDataset of(SeriesTable table, DatasetSpec.Series spec, DatasetContent content) {
    int rows = table.values().length;
    int testStart = testStart(table, spec);
    int validationStart = testStart - rounded(testStart, spec.validationFraction());
    int window = spec.window();
    int horizon = spec.horizon();
    Range train = Range.of(0, validationStart, window, horizon);
    Range validation = Range.of(validationStart, testStart, window, horizon);
    Range test = Range.of(testStart, rows, window, horizon);
    requireSamples(spec, train, validation, test, rows, validationStart);
    SeriesScale scale = scale(table, spec, validationStart, test);
    float[] scaled = new float[rows];
    for (int row = 0; row < rows; row++) {
      scaled[row] = (float) ((table.values()[row] - scale.offset()) / scale.scale());
    }
    var description =
        new DatasetDescription(
            null,
            List.of(window, 1),
            train.samples,
            validation.samples,
            test.samples,
            null,
            null,
            scale,
            0);
    return new SeriesDataset(scaled, spec, List.of(train, validation, test), description, content);
  }

  private static int testStart(SeriesTable table, DatasetSpec.Series spec) {
    int rows = table.values().length;
    LocalDate from = spec.testFromDate();
    if (from == null) {
      return rows - rounded(rows, spec.testFraction());
    }
    if (table.dates().isEmpty()) {
      throw new InvalidMessageException(
          "dataset.test_from", "the data set has no column of dates; give test_fraction");
    }
    return table.dates().before(from);
  }

  private static int rounded(int rows, double fraction) {
    return BigDecimal.valueOf(fraction)
        .multiply(BigDecimal.valueOf(rows))
        .setScale(0, RoundingMode.HALF_UP)
        .intValueExact();
  }

  private static void requireSamples(
      DatasetSpec.Series spec,
      Range train,
      Range validation,
      Range test,
      int rows,
      int trainingRows) {
    int needed = spec.window() + spec.horizon();
    if (test.samples == 0) {
      throw new InvalidMessageException(
          spec.testFrom() == null ? "dataset.test_fraction" : "dataset.test_from",
          "leaves no test sample of " + spec.horizon() + " predicted values in " + rows + " rows");
    }
    if (train.samples == 0) {
      throw new InvalidMessageException(
          "dataset.window",
          "a window and its horizon take "
              + needed
              + " rows, and the training part has "
              + trainingRows);
    }
    if (validation.samples == 0 && spec.validationFraction() > 0) {
      throw new InvalidMessageException(
          "dataset.validation_fraction",
          "leaves no validation sample of " + spec.horizon() + " predicted values");
    }
  }

  private static SeriesScale scale(
      SeriesTable table, DatasetSpec.Series spec, int rows, Range test) {
    double scale = 1;
    double offset = 0;
    switch (spec.scaler()) {
      case MIN_MAX -> {
        double least = Double.POSITIVE_INFINITY;
        double most = Double.NEGATIVE_INFINITY;
        for (int row = 0; row < rows; row++) {
          least = Math.min(least, table.values()[row]);
          most = Math.max(most, table.values()[row]);
        }
        scale = most - least;
        offset = least;
      }
      case STANDARD -> {
        double sum = 0;
        for (int row = 0; row < rows; row++) {
          sum += table.values()[row];
        }
        offset = sum / rows;
        double squares = 0;
        for (int row = 0; row < rows; row++) {
          squares += (table.values()[row] - offset) * (table.values()[row] - offset);
        }
        scale = Math.sqrt(squares / rows);
      }
      case NONE -> {}
    }
    // A training part that never changes is only shifted, as scikit-learn's scalers do.
    return new SeriesScale(scale > 0 ? scale : 1.0, offset, spec.horizon(), dates(table, test));
  }

  private static List<String> dates(SeriesTable table, Range test) {
    return table.dates().isEmpty() || test.samples > SeriesScale.MAX_DATES
        ? null
        : table.dates().texts(test.start, test.start + test.samples);
  }

  @Override
  public DatasetDescription description() {
    return description;
  }

  @Override
  public DatasetContent content() {
    return content;
  }

  /** Values of a sample's features. */
  public int window() {
    return window;
  }

  /** Values of a sample's label. */
  public int horizon() {
    return horizon;
  }

  /** The {@code offset}-th scaled value of a sample, its label following its window. */
  public float value(Part part, int sample, int offset) {
    return scaled[range(part).start + sample - window + offset];
  }

  private Range range(Part part) {
    return switch (part) {
      case TRAIN -> train;
      case VALIDATION -> validation;
      case TEST -> test;
    };
  }
}
