package io.millrace.augmentation.transform;

/**
 * A change of an image's colours, applied to a few rows at a time, with the parameters of the
 * current sample.
 */
interface PixelOp {

  /** The number of rows above and below a row that influence its result. */
  default int halo() {
    return 0;
  }

  /** Whether {@link #range} must be called first, because the change depends on the whole image. */
  default boolean needsRange() {
    return false;
  }

  /** Sets the smallest and largest value of the image before this change. */
  default void range(float lowest, float highest) {
    throw new UnsupportedOperationException();
  }

  /** Whether {@link #means} must be called first. */
  default boolean needsMeans() {
    return false;
  }

  /**
   * Sets the mean of each channel of the image before this change, in units of {@link PixelPlanes}.
   * Called before {@link #apply}.
   */
  default void means(double[] means) {
    throw new UnsupportedOperationException();
  }

  /**
   * Changes the rows in place. With a {@link #halo}, the rows at an end that is not the image's
   * border are consumed.
   *
   * @param height the height of the whole image
   */
  void apply(PixelPlanes tile, int height);
}
