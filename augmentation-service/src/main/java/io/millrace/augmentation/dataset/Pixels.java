package io.millrace.augmentation.dataset;

/**
 * A decoded image.
 *
 * @param data unsigned bytes {@code [height, width, channels]}
 * @param height in pixels
 * @param width in pixels
 * @param channels 1 (luma) or 3 (red, green, blue)
 */
record Pixels(byte[] data, int height, int width, int channels) {

  /** The same image with one channel or three. */
  Pixels withChannels(int wanted) {
    if (wanted == channels) {
      return this;
    }
    byte[] converted = new byte[height * width * wanted];
    for (int pixel = 0; pixel < height * width; pixel++) {
      if (wanted == 1) {
        converted[pixel] = luma(data, pixel * 3);
      } else {
        converted[pixel * 3] = data[pixel];
        converted[pixel * 3 + 1] = data[pixel];
        converted[pixel * 3 + 2] = data[pixel];
      }
    }
    return new Pixels(converted, height, width, wanted);
  }

  /** ITU-R 601 luma, 0.299 R + 0.587 G + 0.114 B, in the fixed point of the Pillow library. */
  private static byte luma(byte[] rgb, int at) {
    return (byte)
        ((19_595 * (rgb[at] & 0xFF)
                + 38_470 * (rgb[at + 1] & 0xFF)
                + 7_471 * (rgb[at + 2] & 0xFF)
                + 0x8000)
            >>> 16);
  }

  /** The same image in another size. */
  Pixels withSize(int rows, int columns) {
    return rows == height && columns == width ? this : Resampler.resample(this, rows, columns);
  }
}
