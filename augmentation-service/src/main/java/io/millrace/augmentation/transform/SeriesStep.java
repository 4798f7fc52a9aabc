package io.millrace.augmentation.transform;

/** A transform of a request, ready to change one window after the other in one thread. */
@FunctionalInterface
interface SeriesStep {
  /**
   * Changes a window in place. The random numbers depend on (seed, epoch, sample) and the
   * transform's place in the request alone.
   */
  void apply(long seed, int epoch, int sample, float[] window);
}
