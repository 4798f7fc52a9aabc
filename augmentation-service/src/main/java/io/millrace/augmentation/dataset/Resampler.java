package io.millrace.augmentation.dataset;

/**
 * Brings images to another size: bilinear where they grow, and where they shrink the same triangle
 * widened to the area that a pixel comes from, so that nothing is skipped. One axis after the
 * other, as the Pillow library's {@code BILINEAR} does.
 */
final class Resampler {
  private Resampler() {}

  /** For each output position the first input position and the weights from there on. */
  private record Taps(int[] first, float[][] weights) {}

  static Pixels resample(Pixels image, int rows, int columns) {
    int channels = image.channels();
    float[] wide = new float[image.height() * columns * channels];
    Taps across = taps(image.width(), columns);
    for (int row = 0; row < image.height(); row++) {
      for (int column = 0; column < columns; column++) {
        float[] weights = across.weights[column];
        for (int channel = 0; channel < channels; channel++) {
          int from = (row * image.width() + across.first[column]) * channels + channel;
          float sum = 0;
          for (int tap = 0; tap < weights.length; tap++) {
            sum += weights[tap] * (image.data()[from + tap * channels] & 0xFF);
          }
          wide[(row * columns + column) * channels + channel] = sum;
        }
      }
    }
    return new Pixels(
        down(wide, image.height(), rows, columns * channels), rows, columns, channels);
  }

  private static byte[] down(float[] wide, int height, int rows, int line) {
    Taps along = taps(height, rows);
    byte[] data = new byte[rows * line];
    for (int row = 0; row < rows; row++) {
      float[] weights = along.weights[row];
      for (int i = 0; i < line; i++) {
        float sum = 0;
        for (int tap = 0; tap < weights.length; tap++) {
          sum += weights[tap] * wide[(along.first[row] + tap) * line + i];
        }
        data[row * line + i] = (byte) Math.max(0, Math.min(255, Math.round(sum)));
      }
    }
    return data;
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
