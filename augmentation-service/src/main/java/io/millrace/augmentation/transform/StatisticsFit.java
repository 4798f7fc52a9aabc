package io.millrace.augmentation.transform;

/**
 * Learns {@link FeatureStatistics} in one pass over images. Of 8-bit images all sums are of whole
 * numbers below 2^53, so that they are exact and the result is the same in whatever order the
 * images come.
 */
public final class StatisticsFit {
  private final int channels;
  private final int values;
  private final double[] sums;
  private final double[] squares;

  /** By value: sums, of which the covariance needs more than one a channel. */
  private final double[] valueSums;

  /** Of products of values; null where nothing is to be whitened. */
  private final GramMatrix products;

  private final double[] image;
  private long samples;

  /**
   * A fit that has seen nothing yet.
   *
   * @param values of an image {@code [height, width, channels]}
   * @param whitens whether the whitening matrix is wanted, which takes {@code 8 · values²} bytes
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

  /** Sees an image: unsigned bytes, from index 0. */
  public void add(byte[] pixels) {
    for (int i = 0; i < values; i++) {
      image[i] = pixels[i] & 0xFF;
    }
    add();
  }

  /** Sees an image: values from {@code at} on. */
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
   * What was learnt from one image at least.
   *
   * @param rescale that all values are multiplied by
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
   * About the channels' means, as Keras centers. Called once: it is written over the products.
   *
   * @param mean before rescaling
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
