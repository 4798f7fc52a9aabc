package io.millrace.augmentation.dataset;

import io.millrace.contracts.task.Part;

/** Samples of a series of one column. */
final class Windows {
  private Windows() {}

  /** The {@code offset}-th scaled value of a sample, its label following its window. */
  static float value(SeriesDataset dataset, Part part, int sample, int offset) {
    if (offset < dataset.window()) {
      return dataset.features(part, sample)[offset];
    }
    float[] label = new float[dataset.labelValues()];
    dataset.label(part, sample, label);
    return label[offset - dataset.window()];
  }
}
