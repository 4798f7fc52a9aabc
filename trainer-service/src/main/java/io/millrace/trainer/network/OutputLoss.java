package io.millrace.trainer.network;

import io.millrace.contracts.network.Units;
import io.millrace.contracts.request.Loss;
import io.millrace.contracts.request.LossSpec;

/**
 * A loss over a batch's outputs, as Keras computes it, and its gradient. {@link Loss} has the
 * formulas. Means are over a sample's outputs, then over the samples, each multiplied by its
 * weight.
 *
 * <p>{@code y} is one-hot for class labels (0 or 1 for one unit), and the values if numbers are
 * predicted. If samples are mixed, it is their shares of the classes, which sum to 1, and for one
 * unit the share of the second class. Both categorical crossentropies accept shares; Keras' sparse
 * one accepts only class indices. The hinges use {@code 2 y - 1} for shares too, which Keras leaves
 * unchanged.
 *
 * <p>{@code mape}, {@code msle} and {@code poisson} would be wrong on a series' scaled values, so
 * they use the values in their own units; their gradient is with respect to the scaled ones.
 *
 * <p>In logarithms, probabilities are clipped to 1e-7 from 0 and 1, Keras' epsilon.
 */
public final class OutputLoss {
  private static final double EPSILON = 1e-7;
  private static final double LOG_2 = Math.log(2);

  private final Loss loss;
  private final double delta;
  private final double smoothing;
  private final int outputs;
  private final Units units;

  /** The loss of unscaled data. */
  public OutputLoss(LossSpec spec, int outputs) {
    this(spec, outputs, Units.NONE);
  }

  /**
   * @param outputs number of outputs of a sample
   */
  public OutputLoss(LossSpec spec, int outputs, Units units) {
    this.loss = spec.type();
    this.delta = spec.delta() == null ? 1 : spec.delta();
    this.smoothing = spec.smoothing();
    this.outputs = outputs;
    this.units = ofUnits(spec.type()) ? units : Units.NONE;
  }

  private static boolean ofUnits(Loss loss) {
    return loss == Loss.MAPE || loss == Loss.MSLE || loss == Loss.POISSON;
  }

  /** Whether {@link #gradient} is with respect to the values before the output's activation. */
  public boolean beforeActivation() {
    return isCategorical() || loss == Loss.BINARY_CROSSENTROPY || loss == Loss.KL_DIVERGENCE;
  }

  /** The mean over the samples, each with weight 1. */
  public double mean(float[] p, float[] y) {
    return mean(p, y, null);
  }

  /**
   * The mean over the samples.
   *
   * @param weights the samples' weights; null for 1
   */
  public double mean(float[] p, float[] labels, float[] weights) {
    float[] y = smoothed(labels);
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      sum += weight(weights, i) * term(p, y, i);
    }
    int samples = p.length / outputs;
    return isPerSample() ? sum / samples : sum / p.length;
  }

  private double weight(float[] weights, int i) {
    return weights == null ? 1 : weights[i / outputs];
  }

  /** An output's part of its sample's loss. */
  private double term(float[] outputs, float[] labels, int i) {
    double p = units.original(i, outputs[i]);
    double y = units.original(i, labels[i]);
    return switch (loss) {
      case CATEGORICAL_CROSSENTROPY, SPARSE_CATEGORICAL_CROSSENTROPY ->
          y == 0 ? 0 : -y * Math.log(clip(p));
      case BINARY_CROSSENTROPY -> -(y * Math.log(clip(p)) + (1 - y) * Math.log(1 - clip(p)));
      case MSE -> (p - y) * (p - y);
      case MAE -> Math.abs(p - y);
      case HUBER -> huber(Math.abs(p - y));
      case LOG_COSH -> Math.abs(p - y) + Math.log1p(Math.exp(-2 * Math.abs(p - y))) - LOG_2;
      case MAPE -> 100 * Math.abs(p - y) / atLeast(Math.abs(y));
      case MSLE -> square(Math.log1p(atLeast(p)) - Math.log1p(atLeast(y)));
      case POISSON -> p - y * Math.log(p + EPSILON);
      case KL_DIVERGENCE -> share(y) * Math.log(share(y) / share(p));
      case HINGE -> atLeastZero(1 - (2 * y - 1) * p);
      case SQUARED_HINGE -> square(atLeastZero(1 - (2 * y - 1) * p));
      case CATEGORICAL_HINGE -> i % this.outputs == 0 ? margin(outputs, labels, i) : 0;
    };
  }

  private double huber(double error) {
    return error <= delta ? 0.5 * error * error : delta * error - 0.5 * delta * delta;
  }

  /** How far the sample whose outputs start at {@code start} is from the margin. */
  private double margin(float[] p, float[] y, int start) {
    double positive = 0;
    for (int i = start; i < start + outputs; i++) {
      positive += (double) y[i] * p[i];
    }
    int rival = rival(p, y, start);
    return atLeastZero((1 - (double) y[rival]) * p[rival] - positive + 1);
  }

  /** The largest output outside the labels. */
  private int rival(float[] p, float[] y, int start) {
    int rival = start;
    for (int i = start + 1; i < start + outputs; i++) {
      if ((1 - y[i]) * p[i] > (1 - y[rival]) * p[rival]) {
        rival = i;
      }
    }
    return rival;
  }

  private static double clip(double p) {
    // NaN passes, so that a diverged network is noticed.
    return p < EPSILON ? EPSILON : p > 1 - EPSILON ? 1 - EPSILON : p;
  }

  private static double share(double p) {
    return p < EPSILON ? EPSILON : p > 1 ? 1 : p;
  }

  private static double atLeast(double value) {
    return value < EPSILON ? EPSILON : value;
  }

  private static double atLeastZero(double value) {
    return value < 0 ? 0 : value;
  }

  private static double square(double value) {
    return value * value;
  }

  /** The gradient of {@link #mean}, each sample with weight 1. */
  public float[] gradient(float[] p, float[] y) {
    return gradient(p, y, null);
  }

  /**
   * The gradient of {@link #mean}. For a crossentropy before its softmax it is {@code p sum(y) -
   * y}, where the sum of a sample's {@code y} is 1.
   *
   * @param weights the samples' weights; null for 1
   */
  public float[] gradient(float[] p, float[] labels, float[] weights) {
    float[] y = smoothed(labels);
    int samples = p.length / outputs;
    float scale = (loss == Loss.MSE ? 2f : 1f) / (isPerSample() ? samples : p.length);
    float[] gradient = new float[p.length];
    for (int i = 0; i < p.length; i++) {
      float slope = beforeActivation() || loss == Loss.MSE ? p[i] - y[i] : (float) slope(p, y, i);
      gradient[i] = slope * scale * (float) weight(weights, i);
    }
    return gradient;
  }

  /**
   * The derivative of the sample's loss with respect to an output, before dividing by the number of
   * outputs.
   */
  private double slope(float[] outputs, float[] labels, int i) {
    double p = units.original(i, outputs[i]);
    double y = units.original(i, labels[i]);
    double error = p - y;
    return units.scale(i)
        * switch (loss) {
          case MAE -> Math.signum(error);
          case HUBER -> Math.abs(error) <= delta ? error : delta * Math.signum(error);
          case LOG_COSH -> Math.tanh(error);
          case MAPE -> 100 * Math.signum(error) / atLeast(Math.abs(y));
          case MSLE -> p < EPSILON ? 0 : 2 * (Math.log1p(p) - Math.log1p(atLeast(y))) / (p + 1);
          case POISSON -> 1 - y / (p + EPSILON);
          case HINGE -> 1 - (2 * y - 1) * p > 0 ? 1 - 2 * y : 0;
          case SQUARED_HINGE -> 2 * atLeastZero(1 - (2 * y - 1) * p) * (1 - 2 * y);
          case CATEGORICAL_HINGE -> slopeOfMargin(outputs, labels, i);
          default ->
              throw new IllegalStateException(
                  "the gradient of " + loss + " is computed before the activation");
        };
  }

  private double slopeOfMargin(float[] p, float[] y, int i) {
    int start = i / outputs * outputs;
    if (margin(p, y, start) == 0) {
      return 0;
    }
    return -y[i] + (i == rival(p, y, start) ? 1 - y[i] : 0);
  }

  /**
   * The labels after smoothing: a part of each sample's labels is spread over all classes, or over
   * both for one unit.
   */
  private float[] smoothed(float[] y) {
    if (smoothing == 0) {
      return y;
    }
    float kept = (float) (1 - smoothing);
    float spread = (float) (loss == Loss.BINARY_CROSSENTROPY ? smoothing / 2 : smoothing / outputs);
    float[] smoothed = new float[y.length];
    for (int i = 0; i < y.length; i++) {
      smoothed[i] = y[i] * kept + spread;
    }
    return smoothed;
  }

  /** Whether a sample's outputs are summed and not averaged. */
  private boolean isPerSample() {
    return isCategorical() || loss == Loss.KL_DIVERGENCE || loss == Loss.CATEGORICAL_HINGE;
  }

  private boolean isCategorical() {
    return loss == Loss.CATEGORICAL_CROSSENTROPY || loss == Loss.SPARSE_CATEGORICAL_CROSSENTROPY;
  }
}
