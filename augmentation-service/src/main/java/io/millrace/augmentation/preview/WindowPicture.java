package io.millrace.augmentation.preview;

import java.util.Arrays;

/**
 * Draws windows of a series as grey lines: time to the right, values upwards. If a window has more
 * values than the picture has columns, each column shows the range of its values.
 */
final class WindowPicture {
  static final int HEIGHT = 112;
  static final int WIDTH = 224;

  private static final byte PAPER = (byte) 0xFF;
  private static final byte PALE = (byte) 0xB8;
  private static final byte INK = (byte) 0x20;

  /** Rows above and below the line. */
  private static final int MARGIN = 4;

  private final float least;
  private final float most;

  /**
   * Creates pictures with a common scale.
   *
   * @param least the smallest value that is shown
   * @param most the largest value that is shown
   */
  WindowPicture(float least, float most) {
    this.least = least;
    this.most = most;
  }

  /**
   * Draws a picture.
   *
   * @param window its values, at least one
   * @param under a window that is drawn pale under it; null for none
   * @return {@code [HEIGHT, WIDTH]}
   */
  byte[] of(float[] window, float[] under) {
    byte[] pixels = new byte[HEIGHT * WIDTH];
    Arrays.fill(pixels, PAPER);
    if (under != null) {
      draw(under, PALE, pixels);
    }
    draw(window, INK, pixels);
    return pixels;
  }

  private void draw(float[] window, byte shade, byte[] pixels) {
    double values = (double) (window.length - 1) / WIDTH;
    for (int x = 0; x < WIDTH; x++) {
      double from = x * values;
      double to = (x + 1) * values;
      float low = Math.min(at(window, from), at(window, to));
      float high = Math.max(at(window, from), at(window, to));
      for (int i = (int) Math.ceil(from); i < to; i++) {
        low = Math.min(low, window[i]);
        high = Math.max(high, window[i]);
      }
      int bottom = row(low);
      for (int y = row(high); y <= bottom; y++) {
        pixels[y * WIDTH + x] = shade;
      }
    }
  }

  private static float at(float[] window, double place) {
    int left = Math.min((int) place, window.length - 1);
    int right = Math.min(left + 1, window.length - 1);
    return (float) (window[left] + (place - left) * ((double) window[right] - window[left]));
  }

  /** The pixel row of a value, from the top. */
  private int row(float value) {
    double share = most > least ? ((double) value - least) / ((double) most - least) : 0.5;
    return (int) Math.round(MARGIN + (1 - share) * (HEIGHT - 1 - 2 * MARGIN));
  }
}
