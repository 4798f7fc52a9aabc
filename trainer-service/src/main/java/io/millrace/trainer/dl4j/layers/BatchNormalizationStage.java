package io.millrace.trainer.dl4j.layers;

import io.millrace.contracts.request.NormalizationSpec;
import io.millrace.trainer.dl4j.device.Floats;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * {@code gamma (x - mean) / sqrt(variance + epsilon) + beta} for each channel (Ioffe and Szegedy
 * 2015). In training, mean and variance are the batch's (the biased variance, not an estimate of
 * the population's); in evaluation, the running ones. Every training pass updates those: {@code
 * running = momentum running + (1 - momentum) batch}. They are among the parameters, but no
 * optimizer changes them.
 */
final class BatchNormalizationStage implements Stage {
  /** Channels that are summed at the same time. */
  private static final int TOGETHER = 4;

  private final NormalizationSpec.BatchNormalization spec;
  private final INDArray movingMean;
  private final INDArray movingVariance;
  private final ScaleAndShift affine;
  private final boolean held;
  private final boolean first;

  private INDArray input;
  private float[] averages;
  private float[] factors;
  private boolean training;

  /**
   * @param parameters parameters by Keras' names: {@code gamma}, {@code beta}, {@code moving_mean},
   *     {@code moving_variance}
   * @param gradients gradients of the parameters, by name; null if none are computed
   * @param held whether the layer is frozen: then it always works as in evaluation, as in Keras
   * @param first whether no earlier stage needs a gradient
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
  public INDArray forward(INDArray values, Pass pass) {
    input = Floats.plain(values);
    training = pass.training() && !held;
    Channels channels = Channels.of(input);
    averages = Floats.read(movingMean);
    factors = Floats.read(movingVariance);
    float[] mean = averages.clone();
    float[] variance = factors.clone();
    float[] gamma = affine.scales(channels.count());
    float[] beta = affine.shifts(channels.count());
    INDArray output = Nd4j.createUninitialized(DataType.FLOAT, input.shape(), 'c');
    ChannelBlock block = new ChannelBlock(channels);
    for (int first = 0; first < channels.count(); first += block.count()) {
      Channels part = block.read(input, first);
      if (training) {
        measure(part, block.values(), first, mean, variance);
      }
      for (int c = first; c < first + part.count(); c++) {
        factors[c] = (float) (1 / Math.sqrt(factors[c] + spec.epsilon()));
        for (int o = 0; o < part.outer(); o++) {
          int start = part.at(o, c - first, 0);
          int end = start + part.inner();
          scale(block.values(), start, end, averages[c], factors[c], gamma[c], beta[c]);
        }
      }
      block.write(output, first);
    }
    if (training) {
      Floats.write(mean, movingMean);
      Floats.write(variance, movingVariance);
    }
    return output;
  }

  /**
   * Replaces the statistics of some channels by the batch's, and updates the running ones.
   *
   * @param start index of the first channel
   */
  private void measure(Channels part, float[] values, int start, float[] mean, float[] variance) {
    double keep = spec.momentum();
    for (int c = 0; c < part.count(); c += TOGETHER) {
      int count = Math.min(TOGETHER, part.count() - c);
      double[] means = sums(part, values, c, count, null);
      for (int k = 0; k < count; k++) {
        means[k] /= part.each();
      }
      double[] squares = sums(part, values, c, count, means);
      for (int k = 0; k < count; k++) {
        int at = start + c + k;
        averages[at] = (float) means[k];
        factors[at] = (float) (squares[k] / part.each());
        mean[at] = (float) (keep * mean[at] + (1 - keep) * means[k]);
        variance[at] = (float) (keep * variance[at] + (1 - keep) * squares[k] / part.each());
      }
    }
  }

  /**
   * Sums of some channels' values, or of their squared distances from averages. Each channel is
   * summed in order; channels are independent, so that the processor can overlap them.
   *
   * @param first the first channel
   * @param count at most {@value #TOGETHER}
   */
  private static double[] sums(
      Channels channels, float[] values, int first, int count, double[] averages) {
    if (count < TOGETHER) {
      double[] sums = new double[count];
      for (int k = 0; k < count; k++) {
        double average = averages == null ? 0 : averages[k];
        for (int o = 0; o < channels.outer(); o++) {
          int start = channels.at(o, first + k, 0);
          for (int at = start; at < start + channels.inner(); at++) {
            double distance = values[at] - average;
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
          a += values[at];
          b += values[at + inner];
          c += values[at + 2 * inner];
          d += values[at + 3 * inner];
        }
      } else {
        for (int at = start; at < start + inner; at++) {
          double w = values[at] - averages[0];
          double x = values[at + inner] - averages[1];
          double y = values[at + 2 * inner] - averages[2];
          double z = values[at + 3 * inner] - averages[3];
          a += w * w;
          b += x * x;
          c += y * y;
          d += z * z;
        }
      }
    }
    return new double[] {a, b, c, d};
  }

  @Override
  public INDArray backward(INDArray epsilon) {
    INDArray errors = Floats.plain(epsilon);
    Channels channels = Channels.of(errors);
    float[] gamma = affine.scales(channels.count());
    var sums = new ScaleAndShift.Sums(channels.count());
    ChannelBlock x = new ChannelBlock(channels);
    ChannelBlock e = new ChannelBlock(channels);
    for (int first = 0; first < channels.count(); first += x.count()) {
      Channels part = x.read(input, first);
      e.read(errors, first);
      for (int c = 0; c < part.count(); c++) {
        for (int o = 0; o < part.outer(); o++) {
          int start = part.at(o, c, 0);
          normalize(
              x.values(), start, start + part.inner(), averages[first + c], factors[first + c]);
        }
      }
      sums.add(part, first, e.values(), x.values());
      if (!this.first) {
        spread(part, first, e.values(), x.values(), gamma, sums);
        e.write(errors, first);
      }
    }
    affine.write(sums);
    return first ? null : errors;
  }

  private void spread(
      Channels part,
      int first,
      float[] e,
      float[] normalized,
      float[] gamma,
      ScaleAndShift.Sums sums) {
    for (int c = 0; c < part.count(); c++) {
      float scale = gamma[first + c] * factors[first + c];
      float sum = training ? sums.errors()[first + c] / part.each() : 0;
      float product = training ? sums.products()[first + c] / part.each() : 0;
      for (int o = 0; o < part.outer(); o++) {
        int start = part.at(o, c, 0);
        spread(e, normalized, start, start + part.inner(), scale, sum, product);
      }
    }
  }

  private static void normalize(float[] values, int start, int end, float mean, float factor) {
    for (int at = start; at < end; at++) {
      values[at] = (values[at] - mean) * factor;
    }
  }

  private static void scale(
      float[] values, int start, int end, float mean, float factor, float gamma, float beta) {
    for (int at = start; at < end; at++) {
      values[at] = gamma * ((values[at] - mean) * factor) + beta;
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
    input = null;
  }
}
