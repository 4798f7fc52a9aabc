package io.millrace.augmentation.transform;

/** A transform of a request that can be applied to windows. Not thread-safe. */
@FunctionalInterface
interface SeriesStep {
  /** Marks a feature that is not numeric: its values can be moved in time but not changed. */
  int NO_NUMBER = -1;

  /**
   * Changes a window of a feature in place. The random numbers depend only on (seed, epoch,
   * sample), the transform's position in the request and, if values are changed, the feature.
   *
   * @param feature the index among the numeric features, from 0; or {@link #NO_NUMBER}
   */
  void apply(long seed, int epoch, int sample, int feature, float[] window);
}
