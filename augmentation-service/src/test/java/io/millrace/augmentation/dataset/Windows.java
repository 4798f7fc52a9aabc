package io.millrace.augmentation.dataset;

import io.millrace.contracts.task.Part;

/** Reads samples of a series with one column. */
final class Windows {
  private Windows() {}

  /** The {@code offset}-th scaled value of a sample; the label follows the window. */
  static float value(SeriesDataset dataset, Part part, int sample, int offset) {
    if (offset < dataset.window()) {
      return dataset.features(part, sample)[offset];
    }
    float[] label = new float[dataset.labelValues()];
    dataset.label(part, sample, label);
    return label[offset - dataset.window()];
  }
}
