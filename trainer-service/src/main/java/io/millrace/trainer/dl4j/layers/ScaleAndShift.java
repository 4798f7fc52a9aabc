package io.millrace.trainer.dl4j.layers;

import io.millrace.trainer.dl4j.device.Floats;
import java.util.Arrays;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What stands behind a normalization, by channel: {@code gamma x + beta}.
 *
 * @param gamma null for 1
 * @param beta null for 0
 * @param gammaGradient null where there is no gamma, or no gradient is made
 * @param betaGradient likewise
 */
record ScaleAndShift(INDArray gamma, INDArray beta, INDArray gammaGradient, INDArray betaGradient) {

  /**
   * @param parameters by Keras' names, {@code gamma} and {@code beta}
   * @param gradients likewise; null where none are made
   */
  static ScaleAndShift of(Map<String, INDArray> parameters, Map<String, INDArray> gradients) {
    Map<String, INDArray> made = gradients == null ? Map.of() : gradients;
    return new ScaleAndShift(
        parameters.get("gamma"), parameters.get("beta"), made.get("gamma"), made.get("beta"));
  }

  /** The factors of so many channels. */
  float[] scales(int channels) {
    if (gamma != null) {
      return Floats.read(gamma);
    }
    float[] ones = new float[channels];
    Arrays.fill(ones, 1);
    return ones;
  }

  /** The summands of so many channels. */
  float[] shifts(int channels) {
    return beta == null ? new float[channels] : Floats.read(beta);
  }

  /**
   * Writes the gradients.
   *
   * @param errors with respect to the output
   * @param normalized what was scaled and shifted
   * @return by channel the sums of the errors, and of the errors times what was scaled
   */
  Sums backward(Channels channels, float[] errors, float[] normalized) {
    float[] sums = new float[channels.count()];
    float[] products = new float[channels.count()];
    int count = channels.count();
    int inner = channels.inner();
    // Two channels at once: their sums do not wait for one another, and are each in their order.
    for (int c = 0; c < count; c += 2) {
      int next = c + 1 < count ? inner : 0;
      double sum = 0;
      double product = 0;
      double otherSum = 0;
      double otherProduct = 0;
      for (int o = 0; o < channels.outer(); o++) {
        int start = channels.at(o, c, 0);
        for (int at = start; at < start + inner; at++) {
          sum += errors[at];
          product += (double) errors[at] * normalized[at];
          otherSum += errors[at + next];
          otherProduct += (double) errors[at + next] * normalized[at + next];
        }
      }
      sums[c] = (float) sum;
      products[c] = (float) product;
      if (next > 0) {
        sums[c + 1] = (float) otherSum;
        products[c + 1] = (float) otherProduct;
      }
    }
    if (gamma != null) {
      Floats.write(products, gammaGradient);
    }
    if (beta != null) {
      Floats.write(sums, betaGradient);
    }
    return new Sums(sums, products);
  }

  /** By channel. */
  record Sums(float[] errors, float[] products) {}
}
