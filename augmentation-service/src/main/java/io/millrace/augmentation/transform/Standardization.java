package io.millrace.augmentation.transform;

import io.millrace.contracts.request.Augmentation;
import java.util.Arrays;

/**
 * Standardizes images like Keras' {@code ImageDataGenerator.standardize}, in the same order:
 * multiply by {@code rescale}; subtract the sample's mean and divide by its standard deviation;
 * subtract the training part's mean and divide by its standard deviation, by channel; multiply by
 * the whitening matrix. Not thread-safe.
 */
public final class Standardization {
  /** The value that Keras adds to a standard deviation before the division. */
  private static final double EPSILON = 1e-6;

  private final Augmentation augmentation;
  private final int channels;
  private final float[] mean;
  private final float[] factor;

  /** Null without whitening. */
  private final float[] zca;

  private float[] whitened = {};

  /**
   * @param statistics of the training part; null if {@link Augmentation#needsStatistics} is false
   */
  public Standardization(Augmentation augmentation, int channels, FeatureStatistics statistics) {
    this.augmentation = augmentation;
    this.channels = channels;
    mean = new float[channels];
    factor = new float[channels];
    Arrays.fill(factor, 1);
    if (augmentation.featurewiseCenter()) {
      for (int c = 0; c < channels; c++) {
        mean[c] = (float) statistics.mean()[c];
        if (augmentation.featurewiseStdNormalization()) {
          factor[c] = (float) (1 / (statistics.std()[c] + EPSILON));
        }
      }
    }
    zca = augmentation.zcaWhitening() ? statistics.zca() : null;
  }

  /**
   * Standardizes an image in place.
   *
   * @param image levels 0..255 {@code [height, width, channels]}
   */
  public void apply(float[] image) {
    float rescale = augmentation.rescale().floatValue();
    for (int i = 0; i < image.length; i++) {
      image[i] *= rescale;
    }
    if (augmentation.samplewiseCenter()) {
      samplewise(image);
    }
    if (augmentation.featurewiseCenter()) {
      featurewise(image);
    }
    if (zca != null) {
      whiten(image);
    }
  }

  private void samplewise(float[] image) {
    double sum = 0;
    for (float value : image) {
      sum += value;
    }
    double center = sum / image.length;
    double squares = 0;
    for (float value : image) {
      squares += (value - center) * (value - center);
    }
    double divisor =
        augmentation.samplewiseStdNormalization() ? Math.sqrt(squares / image.length) + EPSILON : 1;
    for (int i = 0; i < image.length; i++) {
      image[i] = (float) ((image[i] - center) / divisor);
    }
  }

  private void featurewise(float[] image) {
    for (int i = 0; i < image.length; i += channels) {
      for (int c = 0; c < channels; c++) {
        image[i + c] = (image[i + c] - mean[c]) * factor[c];
      }
    }
  }

  /** Multiplies by the symmetric matrix, one row for each value. */
  private void whiten(float[] image) {
    int size = image.length;
    if (whitened.length != size) {
      whitened = new float[size];
    }
    Arrays.fill(whitened, 0);
    int row = 0;
    for (; row + 4 <= size; row += 4) {
      addRows(image, row);
    }
    for (; row < size; row++) {
      for (int j = 0; j < size; j++) {
        whitened[j] += image[row] * zca[row * size + j];
      }
    }
    System.arraycopy(whitened, 0, image, 0, size);
  }

  private void addRows(float[] image, int row) {
    int size = image.length;
    int first = row * size;
    int second = first + size;
    int third = second + size;
    int fourth = third + size;
    float a = image[row];
    float b = image[row + 1];
    float c = image[row + 2];
    float d = image[row + 3];
    for (int j = 0; j < size; j++) {
      whitened[j] +=
          a * zca[first + j] + b * zca[second + j] + (c * zca[third + j] + d * zca[fourth + j]);
    }
  }
}
