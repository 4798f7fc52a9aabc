package io.millrace.augmentation.transform;

/**
 * Some rows of an image on their way through the colour transforms, each channel apart, in units of
 * {@code 1/}{@value #UNIT} of a level of 8-bit images. Loops over the planes are short and simple,
 * so that the JIT vectorizes them.
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

  /** The row of the image that the first row here is, and how many there are. */
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

  /** The value within {@code 0..TOP}, without a branch: loops that call it are vectorized. */
  static float clip(float value) {
    float above = 0.5f * (value + Math.abs(value));
    return 0.5f * (above + TOP - Math.abs(above - TOP));
  }

  /** Values of a plane in use. */
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
