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

  /**
   * The image, rotated by an Exif orientation.
   *
   * @param orientation 1..8, as in Exif
   */
  Pixels turned(int orientation) {
    if (orientation == 1) {
      return this;
    }
    boolean isTransposed = orientation > 4;
    int rows = isTransposed ? width : height;
    int columns = isTransposed ? height : width;
    boolean isFromBelow =
        orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    boolean isFromRight =
        orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    byte[] turned = new byte[data.length];
    int to = 0;
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        int down = isTransposed ? column : row;
        int across = isTransposed ? row : column;
        int from =
            (isFromBelow ? height - 1 - down : down) * width
                + (isFromRight ? width - 1 - across : across);
        for (int channel = 0; channel < channels; channel++) {
          turned[to++] = data[from * channels + channel];
        }
      }
    }
    return new Pixels(turned, rows, columns, channels);
  }

  /** Places the image, of three channels, on a larger one of a single colour. */
  Pixels on(int rows, int columns, int top, int left, int colour) {
    byte[] larger = new byte[rows * columns * 3];
    for (int at = 0; at < larger.length; at += 3) {
      larger[at] = (byte) (colour >> 16);
      larger[at + 1] = (byte) (colour >> 8);
      larger[at + 2] = (byte) colour;
    }
    for (int row = 0; row < height; row++) {
      System.arraycopy(
          data, row * width * 3, larger, ((top + row) * columns + left) * 3, width * 3);
    }
    return new Pixels(larger, rows, columns, 3);
  }

  /** The same image in another size. */
  Pixels withSize(int rows, int columns) {
    return rows == height && columns == width ? this : Resampler.resample(this, rows, columns);
  }
}
