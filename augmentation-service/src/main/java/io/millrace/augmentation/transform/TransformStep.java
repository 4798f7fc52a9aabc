package io.millrace.augmentation.transform;

/** A transform of a request, ready to be drawn for one sample after the other by one thread. */
@FunctionalInterface
interface TransformStep {

  /** Whose random numbers are drawn. */
  record Key(long seed, long epoch, long sample) {}

  /**
   * Draws the transform's parameters and adds it to the plan. The numbers depend on the key and the
   * transform's place in the request alone.
   */
  void draw(Key key, SamplePlan plan);
}
