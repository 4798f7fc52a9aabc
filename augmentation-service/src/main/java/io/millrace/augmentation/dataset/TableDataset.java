package io.millrace.augmentation.dataset;

import io.millrace.contracts.task.Part;
import java.util.List;
import java.util.Map;

/** Samples that come from the columns of a CSV file: windows of a series, or single rows. */
public sealed interface TableDataset extends Dataset permits SeriesDataset, RowsDataset {

  /** Rows of a sample: those of a window, or 1. */
  int window();

  /** Values of each of these rows. */
  int features();

  /** Of each feature whether it is a number, rather than one of a name's or of a date's. */
  boolean[] areNumbers();

  /**
   * A sample's features, scaled.
   *
   * @param values {@code [window, features]}, which are written
   */
  void features(Part part, int sample, float[] values);

  /** Values of a sample's label; 0 where it is a class. */
  int labelValues();

  /**
   * A sample's label, scaled.
   *
   * @param values {@code [labelValues]}, which are written
   */
  void label(Part part, int sample, float[] values);

  /** A sample's class. */
  int labelClass(Part part, int sample);

  /**
   * What naive answers say of the label, scaled as it is, by the answer's name: of the test part
   * alone, and only what cannot be seen from features and label.
   */
  Map<String, Answer> answers();

  /** A naive answer to test samples. */
  @FunctionalInterface
  interface Answer {
    /**
     * What it says.
     *
     * @param values {@code [labelValues]}, which are written
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
