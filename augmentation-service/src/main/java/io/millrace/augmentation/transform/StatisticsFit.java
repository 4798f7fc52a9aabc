package io.millrace.augmentation.transform;

/**
 * Computes {@link FeatureStatistics} in one pass over images. For 8-bit images, all sums are whole
 * numbers below 2^53, so that they are exact and the result does not depend on the order of the
 * images.
 */
public final class StatisticsFit {
  private final int channels;
  private final int values;
  private final double[] sums;
  private final double[] squares;

  /** The sum of each value, which the covariance needs in addition to the sums by channel. */
  private final double[] valueSums;

  /** The products of values; null without whitening. */
  private final GramMatrix products;

  private final double[] image;
  private long samples;

  /**
   * Creates an empty fit.
   *
   * @param values the number of values of an image {@code [height, width, channels]}
   * @param whitens whether to compute the whitening matrix, which takes {@code 8 · values²} bytes
   */
  public StatisticsFit(int values, int channels, boolean whitens) {
    this.values = values;
    this.channels = channels;
    sums = new double[channels];
    squares = new double[channels];
    valueSums = new double[values];
    image = new double[values];
    products = whitens ? new GramMatrix(values) : null;
  }

  /** Adds an image: unsigned bytes, from index 0. */
  public void add(byte[] pixels) {
    for (int i = 0; i < values; i++) {
      image[i] = pixels[i] & 0xFF;
    }
    add();
  }

  /** Adds an image: values from {@code at} on. */
  public void add(float[] levels, int at) {
    for (int i = 0; i < values; i++) {
      image[i] = levels[at + i];
    }
    add();
  }

  private void add() {
    for (int i = 0; i < values; i++) {
      double value = image[i];
      sums[i % channels] += value;
      squares[i % channels] += value * value;
      valueSums[i] += value;
    }
    if (products != null) {
      products.add(image, 1);
    }
    samples++;
  }

  /**
   * The statistics of the images, of which there must be at least one.
   *
   * @param rescale the factor for all values
   * @param zcaEpsilon see {@link ZcaWhitening}
   */
  public FeatureStatistics result(double rescale, double zcaEpsilon) {
    double count = (double) samples * values / channels;
    double[] mean = new double[channels];
    double[] std = new double[channels];
    for (int c = 0; c < channels; c++) {
      mean[c] = sums[c] / count;
      std[c] = rescale * Math.sqrt(Math.max(0, squares[c] / count - mean[c] * mean[c]));
    }
    float[] zca = null;
    if (products != null) {
      zca = ZcaWhitening.matrix(covariance(mean, rescale), values, samples, zcaEpsilon);
    }
    for (int c = 0; c < channels; c++) {
      mean[c] *= rescale;
    }
    return new FeatureStatistics(mean, std, zca);
  }

  /**
   * The covariance about the channels' means, like Keras. Called only once, because it overwrites
   * the products.
   *
   * @param mean the means before rescaling
   */
  private double[] covariance(double[] mean, double rescale) {
    double[] covariance = products.result();
    double scale = rescale * rescale / samples;
    for (int i = 0; i < values; i++) {
      double left = mean[i % channels];
      for (int j = i; j < values; j++) {
        double right = mean[j % channels];
        double centered =
            covariance[i * values + j]
                - left * valueSums[j]
                - right * valueSums[i]
                + samples * left * right;
        covariance[i * values + j] = centered * scale;
        covariance[j * values + i] = centered * scale;
      }
    }
    return covariance;
  }
}
