package io.millrace.augmentation.dataset;

/**
 * Resizes images: bilinear if they grow; if they shrink, the triangle filter is widened to the area
 * of an output pixel, so that no input pixel is skipped. One axis after the other, like the Pillow
 * library's {@code BILINEAR}.
 */
final class Resampler {
  /** Floats between the axes, 4 MiB; a tall image is processed in strips of columns. */
  private static final int BETWEEN = 1 << 20;

  private Resampler() {}

  /** For each output position, the first input position and the weights from there on. */
  private record Taps(int[] first, float[][] weights) {}

  static Pixels resample(Pixels image, int rows, int columns) {
    return resample(image, rows, columns, BETWEEN);
  }

  /**
   * Resizes with a given buffer; the result does not depend on it.
   *
   * @param between floats between the axes, or those of one column if that is more
   */
  static Pixels resample(Pixels image, int rows, int columns, int between) {
    Taps across = taps(image.width(), columns);
    Taps down = taps(image.height(), rows);
    int strip = Math.max(1, Math.min(columns, between / image.height() / image.channels()));
    var resampled =
        new Pixels(new byte[rows * columns * image.channels()], rows, columns, image.channels());
    float[] wide = new float[image.height() * strip * image.channels()];
    for (int from = 0; from < columns; from += strip) {
      int to = Math.min(columns, from + strip);
      across(image, across, from, to, wide);
      down(wide, down, from, to, resampled);
    }
    return resampled;
  }

  /** Computes the columns {@code from..to-1} of the output for all rows of the input. */
  private static void across(Pixels image, Taps taps, int from, int to, float[] wide) {
    int channels = image.channels();
    int at = 0;
    for (int row = 0; row < image.height(); row++) {
      for (int column = from; column < to; column++) {
        float[] weights = taps.weights[column];
        for (int channel = 0; channel < channels; channel++) {
          int first = (row * image.width() + taps.first[column]) * channels + channel;
          float sum = 0;
          for (int tap = 0; tap < weights.length; tap++) {
            sum += weights[tap] * (image.data()[first + tap * channels] & 0xFF);
          }
          wide[at++] = sum;
        }
      }
    }
  }

  private static void down(float[] wide, Taps taps, int from, int to, Pixels resampled) {
    int line = (to - from) * resampled.channels();
    for (int row = 0; row < resampled.height(); row++) {
      float[] weights = taps.weights[row];
      int at = (row * resampled.width() + from) * resampled.channels();
      for (int i = 0; i < line; i++) {
        float sum = 0;
        for (int tap = 0; tap < weights.length; tap++) {
          sum += weights[tap] * wide[(taps.first[row] + tap) * line + i];
        }
        resampled.data()[at + i] = (byte) Math.max(0, Math.min(255, Math.round(sum)));
      }
    }
  }

  private static Taps taps(int from, int to) {
    double scale = (double) from / to;
    double support = Math.max(1, scale);
    int[] first = new int[to];
    float[][] weights = new float[to][];
    for (int i = 0; i < to; i++) {
      double centre = (i + 0.5) * scale;
      int start = Math.max(0, (int) (centre - support + 0.5));
      int end = Math.min(from, (int) (centre + support + 0.5));
      double[] exact = new double[end - start];
      double sum = 0;
      for (int tap = 0; tap < exact.length; tap++) {
        exact[tap] = Math.max(0, 1 - Math.abs(start + tap + 0.5 - centre) / support);
        sum += exact[tap];
      }
      first[i] = start;
      weights[i] = new float[exact.length];
      for (int tap = 0; tap < exact.length; tap++) {
        weights[i][tap] = (float) (exact[tap] / sum);
      }
    }
    return new Taps(first, weights);
  }
}
