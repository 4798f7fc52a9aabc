package io.millrace.augmentation.transform;

/** A transform of a request that can be drawn for samples. Not thread-safe. */
@FunctionalInterface
interface TransformStep {

  /** The key of the random numbers of a sample. */
  record Key(long seed, long epoch, long sample) {}

  /**
   * Draws the transform's parameters and adds it to the plan. The numbers depend only on the key
   * and the transform's position in the request.
   */
  void draw(Key key, SamplePlan plan);
}
