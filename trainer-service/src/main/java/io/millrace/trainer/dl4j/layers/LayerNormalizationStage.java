package io.millrace.trainer.dl4j.layers;

import io.millrace.contracts.request.NormalizationSpec;
import io.millrace.trainer.dl4j.device.Floats;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Normalizes each position's channels to mean 0 and variance 1, times gamma, plus beta (Ba et al.
 * 2016).
 */
final class LayerNormalizationStage implements Stage {
  private final NormalizationSpec.LayerNormalization spec;
  private final ScaleAndShift affine;
  private final boolean first;

  private float[] normalized;
  private float[] factors;

  /**
   * @param parameters parameters by Keras' names: {@code gamma}, {@code beta}
   * @param gradients gradients of the parameters, by name; null if none are computed @param first
   *     whether no earlier stage needs a gradient
   */
  LayerNormalizationStage(
      NormalizationSpec.LayerNormalization spec,
      Map<String, INDArray> parameters,
      Map<String, INDArray> gradients,
      boolean first) {
    this.spec = spec;
    this.affine = ScaleAndShift.of(parameters, gradients);
    this.first = first;
  }

  @Override
  public INDArray forward(INDArray input, Pass pass) {
    Channels channels = Channels.of(input);
    normalized = Floats.read(input);
    factors = new float[channels.each()];
    float[] outputs = new float[normalized.length];
    float[] gamma = affine.scales(channels.count());
    float[] beta = affine.shifts(channels.count());
    for (int o = 0; o < channels.outer(); o++) {
      for (int i = 0; i < channels.inner(); i++) {
        float factor = normalize(channels, o, i);
        factors[o * channels.inner() + i] = factor;
        for (int c = 0; c < channels.count(); c++) {
          int at = channels.at(o, c, i);
          outputs[at] = normalized[at] * gamma[c] + beta[c];
        }
      }
    }
    return Floats.array(outputs, input.shape());
  }

  /** Normalizes a position, and returns the factor. */
  private float normalize(Channels channels, int o, int i) {
    double sum = 0;
    for (int c = 0; c < channels.count(); c++) {
      sum += normalized[channels.at(o, c, i)];
    }
    double mean = sum / channels.count();
    double squares = 0;
    for (int c = 0; c < channels.count(); c++) {
      double distance = normalized[channels.at(o, c, i)] - mean;
      squares += distance * distance;
    }
    double factor = 1 / Math.sqrt(squares / channels.count() + spec.epsilon());
    for (int c = 0; c < channels.count(); c++) {
      int at = channels.at(o, c, i);
      normalized[at] = (float) ((normalized[at] - mean) * factor);
    }
    return (float) factor;
  }

  @Override
  public INDArray backward(INDArray epsilon) {
    Channels channels = Channels.of(epsilon);
    float[] e = Floats.read(epsilon);
    affine.backward(channels, e, normalized);
    if (first) {
      return null;
    }
    float[] gamma = affine.scales(channels.count());
    for (int o = 0; o < channels.outer(); o++) {
      for (int i = 0; i < channels.inner(); i++) {
        double sum = 0;
        double product = 0;
        for (int c = 0; c < channels.count(); c++) {
          int at = channels.at(o, c, i);
          e[at] *= gamma[c];
          sum += e[at];
          product += (double) e[at] * normalized[at];
        }
        float factor = factors[o * channels.inner() + i];
        for (int c = 0; c < channels.count(); c++) {
          int at = channels.at(o, c, i);
          e[at] = (float) (factor * (e[at] - (sum + normalized[at] * product) / channels.count()));
        }
      }
    }
    return Floats.array(e, epsilon.shape());
  }

  @Override
  public void clear() {
    normalized = null;
    factors = null;
  }
}
