package io.millrace.trainer.dl4j;

import io.millrace.contracts.request.LayerSpec;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * {@code gamma (x - mean) / sqrt(variance + epsilon) + beta} by channel (Ioffe and Szegedy 2015).
 * In training mean and variance (of the batch itself, not an estimate of the population's) are the
 * batch's; in evaluation the running ones, which every step moves: {@code running = momentum
 * running + (1 - momentum) batch}. They lie among the parameters, where an optimizer may move them
 * too: what it has done is undone after its step.
 */
final class BatchNormalizationStage implements Stage {
  private final LayerSpec.BatchNormalization spec;
  private final Map<String, INDArray> parameters;
  private final Map<String, INDArray> gradients;
  private final boolean first;

  private float[] normalized;
  private float[] scale;
  private boolean training;
  private float[] mean;
  private float[] variance;

  /**
   * @param parameters by Keras' names: {@code gamma}, {@code beta}, {@code moving_mean}, {@code
   *     moving_variance}
   * @param gradients of the parameters, by name
   * @param first whether no stage before it needs a gradient
   */
  BatchNormalizationStage(
      LayerSpec.BatchNormalization spec,
      Map<String, INDArray> parameters,
      Map<String, INDArray> gradients,
      boolean first) {
    this.spec = spec;
    this.parameters = parameters;
    this.gradients = gradients;
    this.first = first;
  }

  @Override
  public INDArray forward(INDArray input, Pass pass) {
    Channels channels = Channels.of(input);
    normalized = Floats.read(input);
    training = pass.training();
    float[] means = Floats.read(parameters.get("moving_mean"));
    float[] variances = Floats.read(parameters.get("moving_variance"));
    if (training) {
      mean = means.clone();
      variance = variances.clone();
      measure(channels, means, variances);
    }
    float[] gamma = spec.scale() ? Floats.read(parameters.get("gamma")) : null;
    float[] beta = spec.center() ? Floats.read(parameters.get("beta")) : null;
    scale = new float[channels.count()];
    float[] outputs = new float[normalized.length];
    for (int c = 0; c < channels.count(); c++) {
      float factor = (float) (1 / Math.sqrt(variances[c] + spec.epsilon()));
      float g = gamma == null ? 1 : gamma[c];
      float b = beta == null ? 0 : beta[c];
      scale[c] = g * factor;
      for (int o = 0; o < channels.outer(); o++) {
        int start = channels.at(o, c, 0);
        for (int at = start; at < start + channels.inner(); at++) {
          normalized[at] = (normalized[at] - means[c]) * factor;
          outputs[at] = g * normalized[at] + b;
        }
      }
    }
    return Floats.array(outputs, input.shape());
  }

  /** Replaces running statistics by the batch's, and moves those that are kept. */
  private void measure(Channels channels, float[] means, float[] variances) {
    double keep = spec.momentum();
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
  }

  @Override
  public INDArray backward(INDArray epsilon) {
    Channels channels = Channels.of(epsilon);
    float[] e = Floats.read(epsilon);
    float[] gammaGradient = new float[channels.count()];
    float[] betaGradient = new float[channels.count()];
    for (int c = 0; c < channels.count(); c++) {
      double sum = 0;
      double product = 0;
      for (int o = 0; o < channels.outer(); o++) {
        int start = channels.at(o, c, 0);
        for (int at = start; at < start + channels.inner(); at++) {
          sum += e[at];
          product += (double) e[at] * normalized[at];
        }
      }
      betaGradient[c] = (float) sum;
      gammaGradient[c] = (float) product;
    }
    write(gammaGradient, betaGradient);
    if (first) {
      return null;
    }
    for (int c = 0; c < channels.count(); c++) {
      float sum = training ? betaGradient[c] / channels.each() : 0;
      float product = training ? gammaGradient[c] / channels.each() : 0;
      for (int o = 0; o < channels.outer(); o++) {
        int start = channels.at(o, c, 0);
        for (int at = start; at < start + channels.inner(); at++) {
          e[at] = scale[c] * (e[at] - sum - normalized[at] * product);
        }
      }
    }
    return Floats.array(e, epsilon.shape());
  }

  private void write(float[] gammaGradient, float[] betaGradient) {
    if (spec.scale()) {
      Floats.write(gammaGradient, gradients.get("gamma"));
    }
    if (spec.center()) {
      Floats.write(betaGradient, gradients.get("beta"));
    }
    // An optimizer may have left its step in the place of the gradient.
    float[] none = new float[betaGradient.length];
    Floats.write(none, gradients.get("moving_mean"));
    Floats.write(none, gradients.get("moving_variance"));
  }

  @Override
  public void updated() {
    if (mean != null) {
      Floats.write(mean, parameters.get("moving_mean"));
      Floats.write(variance, parameters.get("moving_variance"));
    }
  }

  @Override
  public void clear() {
    normalized = null;
    mean = null;
    variance = null;
  }
}
