package io.millrace.trainer.dl4j;

import io.millrace.contracts.request.NormalizationSpec;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * {@code gamma (x - mean) / sqrt(variance + epsilon) + beta} by channel (Ioffe and Szegedy 2015).
 * In training mean and variance (of the batch itself, not an estimate of the population's) are the
 * batch's; in evaluation the running ones, which every training pass moves: {@code running =
 * momentum running + (1 - momentum) batch}. They lie among the parameters, out of an optimizer's
 * reach.
 */
final class BatchNormalizationStage implements Stage {
  private final NormalizationSpec.BatchNormalization spec;
  private final INDArray movingMean;
  private final INDArray movingVariance;
  private final ScaleAndShift affine;
  private final boolean held;
  private final boolean first;

  private float[] normalized;
  private float[] scale;
  private boolean training;

  /**
   * @param parameters by Keras' names: {@code gamma}, {@code beta}, {@code moving_mean}, {@code
   *     moving_variance}
   * @param gradients of the parameters, by name; null where none are made
   * @param held whether training leaves it as it is: then it always does what it does in
   *     evaluation, as in Keras
   * @param first whether no stage before it needs a gradient
   */
  BatchNormalizationStage(
      NormalizationSpec.BatchNormalization spec,
      Map<String, INDArray> parameters,
      Map<String, INDArray> gradients,
      boolean held,
      boolean first) {
    this.spec = spec;
    this.movingMean = parameters.get("moving_mean");
    this.movingVariance = parameters.get("moving_variance");
    this.affine = ScaleAndShift.of(parameters, gradients);
    this.held = held;
    this.first = first;
  }

  @Override
  public INDArray forward(INDArray input, Pass pass) {
    Channels channels = Channels.of(input);
    normalized = Floats.read(input);
    training = pass.training() && !held;
    float[] means = Floats.read(movingMean);
    float[] variances = Floats.read(movingVariance);
    if (training) {
      measure(channels, means, variances);
    }
    float[] gamma = affine.scales(channels.count());
    float[] beta = affine.shifts(channels.count());
    scale = new float[channels.count()];
    float[] outputs = new float[normalized.length];
    for (int c = 0; c < channels.count(); c++) {
      float factor = (float) (1 / Math.sqrt(variances[c] + spec.epsilon()));
      scale[c] = gamma[c] * factor;
      for (int o = 0; o < channels.outer(); o++) {
        int start = channels.at(o, c, 0);
        for (int at = start; at < start + channels.inner(); at++) {
          normalized[at] = (normalized[at] - means[c]) * factor;
          outputs[at] = gamma[c] * normalized[at] + beta[c];
        }
      }
    }
    return Floats.array(outputs, input.shape());
  }

  /** Replaces running statistics by the batch's, and moves those that are kept. */
  private void measure(Channels channels, float[] means, float[] variances) {
    double keep = spec.momentum();
    float[] mean = means.clone();
    float[] variance = variances.clone();
    for (int c = 0; c < channels.count(); c++) {
      double sum = 0;
      for (int o = 0; o < channels.outer(); o++) {
        for (int i = 0; i < channels.inner(); i++) {
          sum += normalized[channels.at(o, c, i)];
        }
      }
      double average = sum / channels.each();
      double squares = 0;
      for (int o = 0; o < channels.outer(); o++) {
        for (int i = 0; i < channels.inner(); i++) {
          double distance = normalized[channels.at(o, c, i)] - average;
          squares += distance * distance;
        }
      }
      means[c] = (float) average;
      variances[c] = (float) (squares / channels.each());
      mean[c] = (float) (keep * mean[c] + (1 - keep) * average);
      variance[c] = (float) (keep * variance[c] + (1 - keep) * squares / channels.each());
    }
    Floats.write(mean, movingMean);
    Floats.write(variance, movingVariance);
  }

  @Override
  public INDArray backward(INDArray epsilon) {
    Channels channels = Channels.of(epsilon);
    float[] e = Floats.read(epsilon);
    ScaleAndShift.Sums sums = affine.backward(channels, e, normalized);
    if (first) {
      return null;
    }
    for (int c = 0; c < channels.count(); c++) {
      float sum = training ? sums.errors()[c] / channels.each() : 0;
      float product = training ? sums.products()[c] / channels.each() : 0;
      for (int o = 0; o < channels.outer(); o++) {
        int start = channels.at(o, c, 0);
        for (int at = start; at < start + channels.inner(); at++) {
          e[at] = scale[c] * (e[at] - sum - normalized[at] * product);
        }
      }
    }
    return Floats.array(e, epsilon.shape());
  }

  @Override
  public void clear() {
    normalized = null;
  }
}
