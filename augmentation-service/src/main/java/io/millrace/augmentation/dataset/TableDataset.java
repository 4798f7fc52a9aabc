package io.millrace.augmentation.dataset;

import io.millrace.contracts.task.Part;
import java.util.List;
import java.util.Map;

/** Samples from the columns of a CSV file: windows of a series, or single rows. */
public sealed interface TableDataset extends Dataset permits SeriesDataset, RowsDataset {

  /** The number of rows of a sample: those of a window, or 1. */
  int window();

  /** The number of features of each row. */
  int features();

  /** For each feature, whether it is numeric and not derived from a name or a date. */
  boolean[] areNumbers();

  /**
   * A sample's features, scaled.
   *
   * @param values receives {@code [window, features]}
   */
  void features(Part part, int sample, float[] values);

  /** The number of values of a sample's label; 0 if it is a class. */
  int labelValues();

  /**
   * A sample's label, scaled.
   *
   * @param values receives {@code [labelValues]}
   */
  void label(Part part, int sample, float[] values);

  /** A sample's class. */
  int labelClass(Part part, int sample);

  /**
   * The naive predictions for the test part by name, scaled like the label; only those that cannot
   * be computed from features and label.
   */
  Map<String, Answer> answers();

  /** A naive prediction for test samples. */
  @FunctionalInterface
  interface Answer {
    /**
     * Writes the prediction for a sample.
     *
     * @param values receives {@code [labelValues]}
     */
    void write(int sample, float[] values);
  }

  /** A sample's features in a new array. */
  default float[] features(Part part, int sample) {
    float[] values = new float[window() * features()];
    features(part, sample, values);
    return values;
  }

  /** The shape of a sample. */
  default List<Integer> shape() {
    return description().sampleShape();
  }
}
