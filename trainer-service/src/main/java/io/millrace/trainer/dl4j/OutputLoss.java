package io.millrace.trainer.dl4j;

import io.millrace.contracts.request.Loss;

/**
 * A loss over a batch's outputs, as Keras computes it, and its gradient.
 *
 * <p>{@code y} is one-hot for class labels, for one unit 0 or 1, and the values for a series. Where
 * samples are mixed it is their shares of the classes, which sum to 1, and for one unit the share
 * of the second class; both categorical crossentropies take it as it is, where Keras leaves the
 * sparse one to class indices:
 *
 * <ul>
 *   <li>categorical crossentropies: {@code -sum y log p}, of one class {@code -log p[class]}
 *   <li>binary crossentropy: {@code mean over outputs of -(y log p + (1 - y) log(1 - p))}
 *   <li>mse: {@code mean over outputs of (p - y)²}
 * </ul>
 *
 * Probabilities are kept 1e-7 away from 0 and 1 in the logarithms, Keras' own epsilon.
 */
final class OutputLoss {
  private static final double EPSILON = 1e-7;

  private final Loss loss;
  private final int outputs;

  OutputLoss(Loss loss, int outputs) {
    this.loss = loss;
    this.outputs = outputs;
  }

  /** Whether {@link #gradient} is with respect to the values before the output's activation. */
  boolean beforeActivation() {
    return loss != Loss.MSE;
  }

  /** The mean over the samples. */
  double mean(float[] p, float[] y) {
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      sum += term(p[i], y[i]);
    }
    int samples = p.length / outputs;
    return isCategorical() ? sum / samples : sum / p.length;
  }

  private double term(double p, double y) {
    return switch (loss) {
      case CATEGORICAL_CROSSENTROPY, SPARSE_CATEGORICAL_CROSSENTROPY ->
          y == 0 ? 0 : -y * Math.log(clip(p));
      case BINARY_CROSSENTROPY -> -(y * Math.log(clip(p)) + (1 - y) * Math.log(1 - clip(p)));
      case MSE -> (p - y) * (p - y);
    };
  }

  private static double clip(double p) {
    // NaN passes: a network that has diverged must say so.
    return p < EPSILON ? EPSILON : p > 1 - EPSILON ? 1 - EPSILON : p;
  }

  /**
   * The gradient of {@link #mean}. That of a crossentropy before its softmax is {@code p sum(y) -
   * y}, and the sum of a sample's {@code y} is 1.
   */
  float[] gradient(float[] p, float[] y) {
    int samples = p.length / outputs;
    float scale =
        switch (loss) {
          case CATEGORICAL_CROSSENTROPY, SPARSE_CATEGORICAL_CROSSENTROPY -> 1f / samples;
          case BINARY_CROSSENTROPY -> 1f / p.length;
          case MSE -> 2f / p.length;
        };
    float[] gradient = new float[p.length];
    for (int i = 0; i < p.length; i++) {
      gradient[i] = (p[i] - y[i]) * scale;
    }
    return gradient;
  }

  private boolean isCategorical() {
    return loss == Loss.CATEGORICAL_CROSSENTROPY || loss == Loss.SPARSE_CATEGORICAL_CROSSENTROPY;
  }
}
