package io.millrace.augmentation.transform;

/**
 * Some rows of an image during the colour transforms, with separate channels, in units of {@code
 * 1/}{@value #UNIT} of an 8-bit level. Loops over the planes are short and simple, so that the JIT
 * vectorizes them.
 */
final class PixelPlanes {
  /** A level of 8-bit images. */
  static final int UNIT = 4096;

  /** The largest value. */
  static final float TOP = 255f * UNIT;

  private static final int SCRATCH = 4;

  final int width;
  final int channels;
  final float[][] planes;
  final float[][] scratch = new float[SCRATCH][];

  /** The index of the first row in the image, and the number of rows. */
  int first;

  int rows;

  /**
   * @param capacity rows
   */
  PixelPlanes(int capacity, int width, int channels) {
    this.width = width;
    this.channels = channels;
    planes = new float[channels][capacity * width];
  }

  /**
   * Clips a value to {@code 0..TOP} without a branch, so that loops that call it are vectorized.
   */
  static float clip(float value) {
    float above = 0.5f * (value + Math.abs(value));
    return 0.5f * (above + TOP - Math.abs(above - TOP));
  }

  /** The number of values in use of a plane. */
  int values() {
    return rows * width;
  }

  /** An array of a plane's length for intermediate values. */
  float[] scratch(int index) {
    if (scratch[index] == null) {
      scratch[index] = new float[planes[0].length];
    }
    return scratch[index];
  }
}
