package io.millrace.trainer.dl4j.layers;

import io.millrace.trainer.dl4j.device.Floats;
import java.util.Arrays;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Scale and shift after a normalization, for each channel: {@code gamma x + beta}.
 *
 * @param gamma null for 1
 * @param beta null for 0
 * @param gammaGradient null without gamma, or if no gradient is computed
 * @param betaGradient null without beta, or if no gradient is computed
 */
record ScaleAndShift(INDArray gamma, INDArray beta, INDArray gammaGradient, INDArray betaGradient) {

  /**
   * @param parameters parameters by Keras' names, {@code gamma} and {@code beta}
   * @param gradients gradients by Keras' names; null if none are computed
   */
  static ScaleAndShift of(Map<String, INDArray> parameters, Map<String, INDArray> gradients) {
    Map<String, INDArray> made = gradients == null ? Map.of() : gradients;
    return new ScaleAndShift(
        parameters.get("gamma"), parameters.get("beta"), made.get("gamma"), made.get("beta"));
  }

  /** The factors of the channels. */
  float[] scales(int channels) {
    if (gamma != null) {
      return Floats.read(gamma);
    }
    float[] ones = new float[channels];
    Arrays.fill(ones, 1);
    return ones;
  }

  /** The summands of the channels. */
  float[] shifts(int channels) {
    return beta == null ? new float[channels] : Floats.read(beta);
  }

  /**
   * Writes the gradients.
   *
   * @param errors the loss's gradient with respect to the output
   * @param normalized the input of scale and shift
   */
  void backward(Channels channels, float[] errors, float[] normalized) {
    var sums = new Sums(channels.count());
    sums.add(channels, 0, errors, normalized);
    write(sums);
  }

  /** Writes the gradients from sums. */
  void write(Sums sums) {
    if (gamma != null) {
      Floats.write(sums.products, gammaGradient);
    }
    if (beta != null) {
      Floats.write(sums.errors, betaGradient);
    }
  }

  /** For each channel the sum of the errors, and of the errors times the input. */
  record Sums(float[] errors, float[] products) {
    Sums(int channels) {
      this(new float[channels], new float[channels]);
    }

    /**
     * Adds some channels' sums.
     *
     * @param part the channels' layout
     * @param first the first channel
     * @param e the loss's gradient with respect to the output
     * @param x the input of scale and shift
     */
    void add(Channels part, int first, float[] e, float[] x) {
      int inner = part.inner();
      // Two channels at a time: independent sums, each in order.
      for (int c = 0; c < part.count(); c += 2) {
        int next = c + 1 < part.count() ? inner : 0;
        double sum = 0;
        double product = 0;
        double otherSum = 0;
        double otherProduct = 0;
        for (int o = 0; o < part.outer(); o++) {
          int start = part.at(o, c, 0);
          for (int at = start; at < start + inner; at++) {
            sum += e[at];
            product += (double) e[at] * x[at];
            otherSum += e[at + next];
            otherProduct += (double) e[at + next] * x[at + next];
          }
        }
        errors[first + c] = (float) sum;
        products[first + c] = (float) product;
        if (next > 0) {
          errors[first + c + 1] = (float) otherSum;
          products[first + c + 1] = (float) otherProduct;
        }
      }
    }
  }
}
