package io.millrace.augmentation.transform;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.Augmentation;
import io.millrace.contracts.request.TransformSpec;
import java.util.List;

/**
 * Transforms windows of a scaled series as a request asks, one transform after the other. A window
 * is a function of (seed, epoch, sample) and its values alone, the same on every JVM; finite values
 * stay finite. For one thread; after construction nothing is allocated.
 *
 * <p>Le Guennec, Malinowski and Tavenard, "Data augmentation for time series classification using
 * convolutional neural networks", AALTD 2016; Um et al., "Data augmentation of wearable sensor data
 * for Parkinson's disease monitoring using convolutional neural networks", ICMI 2017.
 */
public final class SeriesPipeline {
  private final int window;
  private final SeriesStep[] steps;

  /**
   * A pipeline for windows of so many values.
   *
   * @param window at least 1
   * @throws InvalidMessageException where a transform is one of images, naming its field
   */
  public SeriesPipeline(Augmentation augmentation, int window) {
    if (!augmentation.sequence().isEmpty()) {
      throw new InvalidMessageException(
          "augmentation", augmentation.sequence().get(0).type() + " is no transform of a series");
    }
    this.window = window;
    List<TransformSpec> transforms = augmentation.transforms();
    var factory = new SeriesSteps(window);
    steps = new SeriesStep[transforms.size()];
    for (int i = 0; i < steps.length; i++) {
      steps[i] = factory.of(transforms.get(i), i + 1L);
    }
  }

  /**
   * Transforms a window in place.
   *
   * @param values {@code [window]}
   */
  public void apply(long seed, int epoch, int sample, float[] values) {
    if (values.length != window) {
      throw new IllegalArgumentException(
          values.length + " values are not a window of " + window + " values");
    }
    for (SeriesStep step : steps) {
      step.apply(seed, epoch, sample, values);
    }
  }
}
