package io.millrace.augmentation.transform;

/**
 * A change of an image's colours, made a few rows at a time, with the parameters that were drawn
 * for the sample in hand.
 */
interface PixelOp {

  /** Rows above and below a row that its result depends on. */
  default int halo() {
    return 0;
  }

  /** Whether {@link #range} has to be told before: it depends on the whole image's values. */
  default boolean needsRange() {
    return false;
  }

  /** The smallest and the largest value that the image has before this. */
  default void range(float lowest, float highest) {
    throw new UnsupportedOperationException();
  }

  /** Whether {@link #means} has to be told before. */
  default boolean needsMeans() {
    return false;
  }

  /**
   * The mean of each channel that the image has before this, in units of {@link PixelPlanes}. Told
   * before {@link #apply}.
   */
  default void means(double[] means) {
    throw new UnsupportedOperationException();
  }

  /**
   * Changes the rows in place. Where it has a {@link #halo}, the rows at an end that is not the
   * image's are used up.
   *
   * @param height of the whole image in rows
   */
  void apply(PixelPlanes tile, int height);
}
