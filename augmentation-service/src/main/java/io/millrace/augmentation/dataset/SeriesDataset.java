package io.millrace.augmentation.dataset;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.dataset.SeriesGaps;
import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.request.IsoTime;
import io.millrace.contracts.request.IsoTime.Precision;
import io.millrace.contracts.request.Missing;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.contracts.task.DatasetDescription.SeriesScale;
import io.millrace.contracts.task.Part;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A series, scaled, cut into windows and split by time. A sample is {@code window} values and the
 * {@code horizon} values after them; it belongs to the part in which all of those lie, and its
 * window may reach back into the part before, as a forecaster's would. The scaler knows the
 * training part's values only. Windows that touch missing values are left out where the request
 * says so.
 */
public final class SeriesDataset implements Dataset {
  private final float[] scaled;
  private final int window;
  private final int horizon;
  private final SampleRange train;
  private final SampleRange validation;
  private final SampleRange test;
  private final DatasetDescription description;
  private final DatasetContent content;

  private SeriesDataset(
      float[] scaled,
      DatasetSpec.Series spec,
      List<SampleRange> parts,
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
    List<SampleRange> all =
        List.of(
            SampleRange.of(0, validationStart, window, horizon),
            SampleRange.of(validationStart, testStart, window, horizon),
            SampleRange.of(testStart, rows, window, horizon));
    List<SampleRange> whole =
        all.stream().map(part -> part.without(table.series().missing(), window, horizon)).toList();
    List<SampleRange> parts = spec.missing() == Missing.DROP_WINDOWS ? whole : all;
    SampleRange train = parts.get(0);
    SampleRange validation = parts.get(1);
    SampleRange test = parts.get(2);
    requireSamples(spec, parts, rows, validationStart);
    SeriesScale scale =
        scale(table, spec, validationStart, test, gaps(table, spec, samples(all) - samples(whole)));
    float[] scaled = new float[rows];
    for (int row = 0; row < rows; row++) {
      scaled[row] = (float) ((table.values()[row] - scale.offset()) / scale.scale());
    }
    var description =
        new DatasetDescription(
            null,
            List.of(window, 1),
            train.samples(),
            validation.samples(),
            test.samples(),
            null,
            null,
            scale,
            0);
    return new SeriesDataset(scaled, spec, parts, description, content);
  }

  private static int samples(List<SampleRange> parts) {
    return parts.stream().mapToInt(SampleRange::samples).sum();
  }

  private static SeriesGaps gaps(SeriesTable table, DatasetSpec.Series spec, int windows) {
    int values = table.series().missingValues();
    int steps = table.series().missingSteps();
    return values + steps == 0 ? null : new SeriesGaps(spec.missing(), values, steps, windows);
  }

  private static int testStart(SeriesTable table, DatasetSpec.Series spec) {
    int rows = table.values().length;
    IsoTime from = spec.testFromTime();
    if (from == null) {
      return rows - rounded(rows, spec.testFraction());
    }
    if (table.dates().isEmpty()) {
      throw new InvalidMessageException(
          "dataset.test_from", "the data set has no column of dates; give test_fraction");
    }
    if (from.precision() == Precision.ZONED
        && DateColumn.precision(table.dates().get(0)) != Precision.ZONED) {
      throw new InvalidMessageException(
          "dataset.test_from",
          "has a zone, and the dates of the data set have none; give it as the file has them");
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
      DatasetSpec.Series spec, List<SampleRange> parts, int rows, int trainingRows) {
    int needed = spec.window() + spec.horizon();
    String without = spec.missing() == Missing.DROP_WINDOWS ? " without a missing value" : "";
    if (parts.get(2).samples() == 0) {
      throw new InvalidMessageException(
          spec.testFrom() == null ? "dataset.test_fraction" : "dataset.test_from",
          "leaves no test sample of "
              + spec.horizon()
              + " predicted values in "
              + rows
              + " rows"
              + without);
    }
    if (parts.get(0).samples() == 0) {
      throw new InvalidMessageException(
          "dataset.window",
          "a window and its horizon take "
              + needed
              + " rows, and the training part has "
              + trainingRows
              + without);
    }
    if (parts.get(1).samples() == 0 && spec.validationFraction() > 0) {
      throw new InvalidMessageException(
          "dataset.validation_fraction",
          "leaves no validation sample of " + spec.horizon() + " predicted values" + without);
    }
  }

  private static SeriesScale scale(
      SeriesTable table, DatasetSpec.Series spec, int rows, SampleRange test, SeriesGaps gaps) {
    double[] values = known(table, rows);
    double scale = 1;
    double offset = 0;
    switch (spec.scaler()) {
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
    // A training part that never changes is only shifted, as scikit-learn's scalers do.
    return new SeriesScale(
        scale > 0 ? scale : 1.0, offset, spec.horizon(), dates(table, test), table.time(), gaps);
  }

  /** The values of the first rows that are not missing. */
  private static double[] known(SeriesTable table, int rows) {
    return Arrays.stream(table.values(), 0, rows).filter(value -> !Double.isNaN(value)).toArray();
  }

  private static List<String> dates(SeriesTable table, SampleRange test) {
    return table.dates().isEmpty() || test.samples() > SeriesScale.MAX_DATES
        ? null
        : IntStream.range(0, test.samples())
            .mapToObj(sample -> DateColumn.text(table.dates().get(test.row(sample))))
            .toList();
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

  /** A sample's features, scaled. */
  public float[] window(Part part, int sample) {
    float[] values = new float[window];
    for (int i = 0; i < window; i++) {
      values[i] = value(part, sample, i);
    }
    return values;
  }

  /** The {@code offset}-th scaled value of a sample, its label following its window. */
  public float value(Part part, int sample, int offset) {
    return scaled[range(part).row(sample) - window + offset];
  }

  private SampleRange range(Part part) {
    return switch (part) {
      case TRAIN -> train;
      case VALIDATION -> validation;
      case TEST -> test;
    };
  }
}
