package io.millrace.augmentation.dataset;

/** Converts four inks to colours like the Pillow library: without a colour profile. */
final class Inks {
  private static final int BANDS = 4;

  private Inks() {}

  /**
   * Converts inks as a TIFF file stores them.
   *
   * @param inks cyan, magenta, yellow and black of each pixel; 255 is the full ink
   */
  static Pixels straight(byte[] inks, int height, int width) {
    byte[] data = new byte[height * width * 3];
    for (int pixel = 0; pixel < height * width; pixel++) {
      int light = 255 - (inks[pixel * BANDS + 3] & 0xFF);
      for (int channel = 0; channel < 3; channel++) {
        data[pixel * 3 + channel] = colour(inks[pixel * BANDS + channel] & 0xFF, light);
      }
    }
    return new Pixels(data, height, width, 3);
  }

  /** The light that remains after an ink absorbs its share, rounded. */
  private static byte colour(int ink, int light) {
    int product = ink * light + 128;
    return (byte) Math.max(0, light - ((product >> 8) + product >> 8));
  }
}
