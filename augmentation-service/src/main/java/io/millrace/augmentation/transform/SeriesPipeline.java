package io.millrace.augmentation.transform;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.Augmentation;
import io.millrace.contracts.request.TransformSpec;
import java.util.List;

/**
 * Applies the augmentation of a request to windows of a scaled series, one transform after the
 * other. A window depends only on (seed, epoch, sample) and its values, and is the same on every
 * JVM; finite values stay finite. Each numeric feature is changed with its own random numbers;
 * transforms that move values in time move all features alike. Not thread-safe; nothing is
 * allocated after construction.
 *
 * <p>Le Guennec, Malinowski and Tavenard, "Data augmentation for time series classification using
 * convolutional neural networks", AALTD 2016; Um et al., "Data augmentation of wearable sensor data
 * for Parkinson's disease monitoring using convolutional neural networks", ICMI 2017.
 */
public final class SeriesPipeline {
  private final int features;
  private final float[] values;
  private final int[] numbers;
  private final SeriesStep[] steps;

  /** Creates a pipeline for windows of a single feature. */
  public SeriesPipeline(Augmentation augmentation, int window) {
    this(augmentation, window, new boolean[] {true});
  }

  /**
   * Creates a pipeline for windows of several features.
   *
   * @param window at least 1
   * @param isNumber for each feature, whether it is numeric and not derived from a name or a date
   * @throws InvalidMessageException naming the field of a transform for images
   */
  public SeriesPipeline(Augmentation augmentation, int window, boolean[] isNumber) {
    if (!augmentation.sequence().isEmpty()) {
      throw new InvalidMessageException(
          "augmentation", augmentation.sequence().get(0).type() + " does not transform series");
    }
    features = isNumber.length;
    values = new float[window];
    numbers = new int[features];
    int count = 0;
    for (int feature = 0; feature < features; feature++) {
      numbers[feature] = isNumber[feature] ? count++ : SeriesStep.NO_NUMBER;
    }
    List<TransformSpec> transforms = augmentation.transforms();
    var factory = new SeriesSteps(window);
    steps = new SeriesStep[transforms.size()];
    for (int i = 0; i < steps.length; i++) {
      steps[i] = factory.of(transforms.get(i), i + 1L);
    }
  }

  /**
   * Transforms a sample in place.
   *
   * @param sample {@code [window, features]}
   */
  public void apply(long seed, int epoch, int index, float[] sample) {
    if (sample.length != values.length * features) {
      throw new IllegalArgumentException(
          sample.length + " values are not a window of " + values.length * features + " values");
    }
    for (int feature = 0; feature < features; feature++) {
      for (int i = 0; i < values.length; i++) {
        values[i] = sample[i * features + feature];
      }
      for (SeriesStep step : steps) {
        step.apply(seed, epoch, index, numbers[feature], values);
      }
      for (int i = 0; i < values.length; i++) {
        sample[i * features + feature] = values[i];
      }
    }
  }
}
