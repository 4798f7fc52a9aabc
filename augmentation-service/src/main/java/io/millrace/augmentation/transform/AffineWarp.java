package io.millrace.augmentation.transform;

import io.millrace.contracts.request.FillMode;
import java.util.Arrays;

/**
 * Resamples images {@code [height, width, channels]} by an affine map and mirrors them, in one
 * pass, from one array into another and without allocating. It does what Keras' {@code
 * apply_transform} does through {@code scipy.ndimage.affine_transform}; for bytes with weights of
 * 11 bits an axis, rounded to the nearest value.
 *
 * @param height of the images in pixels
 * @param width of the images in pixels
 * @param channels values of a pixel
 * @param fillMode what stands outside the image
 * @param cval the value of {@link FillMode#CONSTANT}
 * @param order 0 nearest, 1 bilinear
 */
public record AffineWarp(
    int height, int width, int channels, FillMode fillMode, double cval, int order) {
  private static final int WEIGHT = 1 << 11;
  private static final int WEIGHT_BITS = 22;
  private static final int HALF = 1 << (WEIGHT_BITS - 1);

  /** Values of an image. */
  public int values() {
    return height * width * channels;
  }

  /**
   * Writes a transformed image about its own centre.
   *
   * @param source unsigned bytes, from index 0
   * @param target another array, written from {@code at}
   */
  public void apply(TransformParameters transform, byte[] source, byte[] target, int at) {
    AffineMap map = AffineMap.centred(transform, height, width);
    boolean moves = !map.isIdentity();
    int step = transform.flipHorizontal() ? -channels : channels;
    int first = transform.flipHorizontal() ? (width - 1) * channels : 0;
    for (int row = 0; row < height; row++) {
      int targetRow = transform.flipVertical() ? height - 1 - row : row;
      int to = at + targetRow * width * channels + first;
      if (moves) {
        row(map, row, source, target, to, step);
      } else {
        copyRow(source, row * width * channels, target, to, step);
      }
    }
  }

  private void copyRow(byte[] source, int from, byte[] target, int to, int step) {
    if (step > 0) {
      System.arraycopy(source, from, target, to, width * channels);
      return;
    }
    for (int column = 0; column < width; column++, from += channels, to += step) {
      for (int channel = 0; channel < channels; channel++) {
        target[to + channel] = source[from + channel];
      }
    }
  }

  private void row(AffineMap map, int row, byte[] source, byte[] target, int to, int step) {
    double y0 = map.rowByRow() * row + map.rowOffset();
    double dy = map.rowByColumn();
    double x0 = map.columnByRow() * row + map.columnOffset();
    double dx = map.columnByColumn();
    int start = 0;
    while (start < width && !isInterior(y0 + dy * start, x0 + dx * start)) {
      start++;
    }
    int end = width;
    while (end > start && !isInterior(y0 + dy * (end - 1), x0 + dx * (end - 1))) {
      end--;
    }
    border(y0, dy, x0, dx, 0, start, source, target, to, step);
    if (order == 0) {
      nearest(y0, dy, x0, dx, start, end, source, target, to, step);
    } else if (channels == 3) {
      bilinearOfThree(y0, dy, x0, dx, start, end, source, target, to, step);
    } else {
      bilinear(y0, dy, x0, dx, start, end, source, target, to, step);
    }
    border(y0, dy, x0, dx, end, width, source, target, to, step);
  }

  /**
   * Whether all four neighbours lie in the image. Coordinates are monotonic along a row, so between
   * two interior pixels there are only interior ones.
   */
  private boolean isInterior(double y, double x) {
    return y >= 0 && y < height - 1 && x >= 0 && x < width - 1;
  }

  private void nearest(
      double y0,
      double dy,
      double x0,
      double dx,
      int start,
      int end,
      byte[] source,
      byte[] target,
      int to,
      int step) {
    for (int column = start; column < end; column++) {
      int y = (int) (y0 + dy * column + 0.5);
      int x = (int) (x0 + dx * column + 0.5);
      int from = (y * width + x) * channels;
      int pixel = to + column * step;
      for (int channel = 0; channel < channels; channel++) {
        target[pixel + channel] = source[from + channel];
      }
    }
  }

  private void bilinearOfThree(
      double y0,
      double dy,
      double x0,
      double dx,
      int start,
      int end,
      byte[] source,
      byte[] target,
      int to,
      int step) {
    int line = width * 3;
    for (int column = start; column < end; column++) {
      double y = y0 + dy * column;
      double x = x0 + dx * column;
      int top = (int) y;
      int left = (int) x;
      int lower = weight(y - top);
      int right = weight(x - left);
      int w11 = lower * right;
      int w10 = lower * WEIGHT - w11;
      int w01 = right * WEIGHT - w11;
      int w00 = WEIGHT * WEIGHT - w01 - w10 - w11;
      int a = (top * width + left) * 3;
      int b = a + line;
      int pixel = to + column * step;
      target[pixel] = blend(w00, source[a], w01, source[a + 3], w10, source[b], w11, source[b + 3]);
      target[pixel + 1] =
          blend(w00, source[a + 1], w01, source[a + 4], w10, source[b + 1], w11, source[b + 4]);
      target[pixel + 2] =
          blend(w00, source[a + 2], w01, source[a + 5], w10, source[b + 2], w11, source[b + 5]);
    }
  }

  private void bilinear(
      double y0,
      double dy,
      double x0,
      double dx,
      int start,
      int end,
      byte[] source,
      byte[] target,
      int to,
      int step) {
    for (int column = start; column < end; column++) {
      double y = y0 + dy * column;
      double x = x0 + dx * column;
      int top = (int) y;
      int left = (int) x;
      int a = (top * width + left) * channels;
      mix(
          weight(y - top),
          weight(x - left),
          a,
          a + channels,
          a + width * channels,
          a + (width + 1) * channels,
          source,
          target,
          to + column * step);
    }
  }

  private void border(
      double y0,
      double dy,
      double x0,
      double dx,
      int start,
      int end,
      byte[] source,
      byte[] target,
      int to,
      int step) {
    for (int column = start; column < end; column++) {
      double y = Border.inside(fillMode, y0 + dy * column, height);
      double x = Border.inside(fillMode, x0 + dx * column, width);
      int pixel = to + column * step;
      if (y == Border.OUTSIDE || x == Border.OUTSIDE) {
        Arrays.fill(target, pixel, pixel + channels, (byte) Math.round(cval));
      } else if (order == 0) {
        int from = place(floor(y + 0.5), floor(x + 0.5));
        for (int channel = 0; channel < channels; channel++) {
          target[pixel + channel] = source[from + channel];
        }
      } else {
        int top = floor(y);
        int left = floor(x);
        mix(
            weight(y - top),
            weight(x - left),
            place(top, left),
            place(top, left + 1),
            place(top + 1, left),
            place(top + 1, left + 1),
            source,
            target,
            pixel);
      }
    }
  }

  private void mix(
      int lower, int right, int a, int b, int c, int d, byte[] source, byte[] target, int pixel) {
    int w11 = lower * right;
    int w10 = lower * WEIGHT - w11;
    int w01 = right * WEIGHT - w11;
    int w00 = WEIGHT * WEIGHT - w01 - w10 - w11;
    for (int channel = 0; channel < channels; channel++) {
      target[pixel + channel] =
          blend(
              w00,
              source[a + channel],
              w01,
              source[b + channel],
              w10,
              source[c + channel],
              w11,
              source[d + channel]);
    }
  }

  private static byte blend(int w00, byte a, int w01, byte b, int w10, byte c, int w11, byte d) {
    return (byte)
        ((w00 * (a & 0xFF) + w01 * (b & 0xFF) + w10 * (c & 0xFF) + w11 * (d & 0xFF) + HALF)
            >>> WEIGHT_BITS);
  }

  private static int weight(double fraction) {
    return (int) (fraction * WEIGHT + 0.5);
  }

  /** Where a pixel lies; one beyond the border (whose weight is 0, or its twin's) is the border. */
  private int place(int row, int column) {
    int y = Math.min(Math.max(row, 0), height - 1);
    int x = Math.min(Math.max(column, 0), width - 1);
    return (y * width + x) * channels;
  }

  private static int floor(double value) {
    return (int) Math.floor(value);
  }

  /**
   * Writes a transformed image of floats, with weights of full precision.
   *
   * @param source from index 0
   * @param target another array, written from {@code at}
   */
  public void apply(TransformParameters transform, float[] source, float[] target, int at) {
    apply(AffineMap.centred(transform, height, width), transform, source, target, at);
  }

  void apply(AffineMap map, TransformParameters transform, float[] source, float[] target, int at) {
    for (int row = 0; row < height; row++) {
      int targetRow = transform.flipVertical() ? height - 1 - row : row;
      for (int column = 0; column < width; column++) {
        int targetColumn = transform.flipHorizontal() ? width - 1 - column : column;
        pixel(
            map.rowByRow() * row + map.rowOffset() + map.rowByColumn() * column,
            map.columnByRow() * row + map.columnOffset() + map.columnByColumn() * column,
            source,
            target,
            at + (targetRow * width + targetColumn) * channels);
      }
    }
  }

  private void pixel(double row, double column, float[] source, float[] target, int to) {
    double y = Border.inside(fillMode, row, height);
    double x = Border.inside(fillMode, column, width);
    if (y == Border.OUTSIDE || x == Border.OUTSIDE) {
      Arrays.fill(target, to, to + channels, (float) cval);
      return;
    }
    if (order == 0) {
      System.arraycopy(source, place(floor(y + 0.5), floor(x + 0.5)), target, to, channels);
      return;
    }
    int top = floor(y);
    int left = floor(x);
    double lower = y - top;
    double right = x - left;
    int a = place(top, left);
    int b = place(top, left + 1);
    int c = place(top + 1, left);
    int d = place(top + 1, left + 1);
    for (int channel = 0; channel < channels; channel++) {
      double upperValue = source[a + channel] * (1 - right) + source[b + channel] * right;
      double lowerValue = source[c + channel] * (1 - right) + source[d + channel] * right;
      target[to + channel] = (float) (upperValue * (1 - lower) + lowerValue * lower);
    }
  }
}
