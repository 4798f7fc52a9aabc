package io.millrace.augmentation.transform;

/**
 * A Gaussian blur, first along columns, then along rows. Beyond the border, the image is mirrored
 * about the outermost pixel, {@code dcb|abcd|cba}.
 */
final class GaussianBlurOp implements PixelOp {
  private final int radius;
  private final float[] weights;

  /**
   * @param kernelSize odd
   */
  GaussianBlurOp(int kernelSize) {
    radius = kernelSize / 2;
    weights = new float[radius + 1];
  }

  /**
   * @param sigma standard deviation in pixels
   */
  void set(double sigma) {
    double sum = 0;
    double[] exact = new double[radius + 1];
    for (int i = 0; i <= radius; i++) {
      exact[i] = StrictMath.exp(-i * i / (2 * sigma * sigma));
      sum += i == 0 ? exact[i] : 2 * exact[i];
    }
    for (int i = 0; i <= radius; i++) {
      weights[i] = (float) (exact[i] / sum);
    }
  }

  @Override
  public int halo() {
    return radius;
  }

  @Override
  public void apply(PixelPlanes tile, int height) {
    int last = tile.first + tile.rows;
    int from = tile.first == 0 ? 0 : tile.first + radius;
    int to = last == height ? height : last - radius;
    for (float[] plane : tile.planes) {
      float[] blurred = tile.scratch(0);
      for (int row = from; row < to; row++) {
        column(plane, tile, row, height, blurred, (row - from) * tile.width);
      }
      for (int row = 0; row < to - from; row++) {
        row(blurred, row * tile.width, tile.width, plane);
      }
    }
    tile.first = from;
    tile.rows = to - from;
  }

  private void column(
      float[] plane, PixelPlanes tile, int row, int height, float[] blurred, int at) {
    int width = tile.width;
    scale(plane, (row - tile.first) * width, weights[0], blurred, at, width);
    for (int k = 1; k <= radius; k++) {
      int above = (mirrored(row - k, height) - tile.first) * width;
      int below = (mirrored(row + k, height) - tile.first) * width;
      add(plane, above, below, weights[k], blurred, at, width);
    }
  }

  private void row(float[] from, int at, int width, float[] to) {
    int inner = Math.min(radius, width);
    int end = Math.max(inner, width - radius);
    for (int i = 0; i < inner; i++) {
      to[at + i] = atBorder(from, at, i, width);
    }
    for (int i = end; i < width; i++) {
      to[at + i] = atBorder(from, at, i, width);
    }
    if (end > inner) {
      scale(from, at + inner, weights[0], to, at + inner, end - inner);
      for (int k = 1; k <= radius; k++) {
        add(from, at + inner - k, at + inner + k, weights[k], to, at + inner, end - inner);
      }
    }
  }

  private float atBorder(float[] from, int at, int column, int width) {
    float sum = weights[0] * from[at + column];
    for (int k = 1; k <= radius; k++) {
      sum +=
          weights[k]
              * (from[at + mirrored(column - k, width)] + from[at + mirrored(column + k, width)]);
    }
    return sum;
  }

  private static void scale(float[] from, int at, float weight, float[] to, int target, int count) {
    for (int i = 0; i < count; i++) {
      to[target + i] = weight * from[at + i];
    }
  }

  private static void add(
      float[] from, int one, int other, float weight, float[] to, int target, int count) {
    for (int i = 0; i < count; i++) {
      to[target + i] += weight * (from[one + i] + from[other + i]);
    }
  }

  /** The index within {@code 0..size-1} for one that may be outside. */
  static int mirrored(int at, int size) {
    if (size == 1) {
      return 0;
    }
    int period = 2 * (size - 1);
    int within = Math.floorMod(at, period);
    return within < size ? within : period - within;
  }
}
