package io.millrace.trainer.dl4j.layers;

import io.millrace.contracts.request.NormalizationSpec;
import io.millrace.trainer.dl4j.device.Floats;
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
  /** Channels whose sums are made at once. */
  private static final int TOGETHER = 4;

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
        int end = start + channels.inner();
        scale(normalized, outputs, start, end, means[c], factor, gamma[c], beta[c]);
      }
    }
    return Floats.array(outputs, input.shape());
  }

  /**
   * Sums of some channels' values, or of the squares of their distances from averages. Each
   * channel's are added in their order; those of several channels do not wait for one another.
   *
   * @param first of the channels
   * @param count at most {@value #TOGETHER}
   */
  private double[] sums(Channels channels, int first, int count, double[] averages) {
    if (count < TOGETHER) {
      double[] sums = new double[count];
      for (int k = 0; k < count; k++) {
        double average = averages == null ? 0 : averages[k];
        for (int o = 0; o < channels.outer(); o++) {
          int start = channels.at(o, first + k, 0);
          for (int at = start; at < start + channels.inner(); at++) {
            double distance = normalized[at] - average;
            sums[k] += averages == null ? distance : distance * distance;
          }
        }
      }
      return sums;
    }
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int inner = channels.inner();
    for (int o = 0; o < channels.outer(); o++) {
      int start = channels.at(o, first, 0);
      if (averages == null) {
        for (int at = start; at < start + inner; at++) {
          a += normalized[at];
          b += normalized[at + inner];
          c += normalized[at + 2 * inner];
          d += normalized[at + 3 * inner];
        }
      } else {
        for (int at = start; at < start + inner; at++) {
          double w = normalized[at] - averages[0];
          double x = normalized[at + inner] - averages[1];
          double y = normalized[at + 2 * inner] - averages[2];
          double z = normalized[at + 3 * inner] - averages[3];
          a += w * w;
          b += x * x;
          c += y * y;
          d += z * z;
        }
      }
    }
    return new double[] {a, b, c, d};
  }

  /** Replaces running statistics by the batch's, and moves those that are kept. */
  private void measure(Channels channels, float[] means, float[] variances) {
    double keep = spec.momentum();
    float[] mean = means.clone();
    float[] variance = variances.clone();
    for (int c = 0; c < channels.count(); c += TOGETHER) {
      int count = Math.min(TOGETHER, channels.count() - c);
      double[] averages = sums(channels, c, count, null);
      for (int k = 0; k < count; k++) {
        averages[k] /= channels.each();
      }
      double[] squares = sums(channels, c, count, averages);
      for (int k = 0; k < count; k++) {
        double average = averages[k];
        means[c + k] = (float) average;
        variances[c + k] = (float) (squares[k] / channels.each());
        mean[c + k] = (float) (keep * mean[c + k] + (1 - keep) * average);
        variance[c + k] =
            (float) (keep * variance[c + k] + (1 - keep) * squares[k] / channels.each());
      }
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
        spread(e, normalized, start, start + channels.inner(), scale[c], sum, product);
      }
    }
    return Floats.array(e, epsilon.shape());
  }

  private static void scale(
      float[] normalized,
      float[] outputs,
      int start,
      int end,
      float mean,
      float factor,
      float gamma,
      float beta) {
    for (int at = start; at < end; at++) {
      float value = (normalized[at] - mean) * factor;
      normalized[at] = value;
      outputs[at] = gamma * value + beta;
    }
  }

  private static void spread(
      float[] e, float[] normalized, int start, int end, float scale, float sum, float product) {
    for (int at = start; at < end; at++) {
      e[at] = scale * (e[at] - sum - normalized[at] * product);
    }
  }

  @Override
  public void clear() {
    normalized = null;
  }
}
