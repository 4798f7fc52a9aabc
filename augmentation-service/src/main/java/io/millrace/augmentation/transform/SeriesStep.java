package io.millrace.augmentation.transform;

/** A transform of a request, ready to change one window after the other in one thread. */
@FunctionalInterface
interface SeriesStep {
  /** What stands for a feature that is no number: its values are moved in time, and not changed. */
  int NO_NUMBER = -1;

  /**
   * Changes a window of a feature in place. The random numbers depend on (seed, epoch, sample), the
   * transform's place in the request and, where values are changed, the feature alone.
   *
   * @param feature counted from 0 among those that are numbers; or {@link #NO_NUMBER}
   */
  void apply(long seed, int epoch, int sample, int feature, float[] window);
}
