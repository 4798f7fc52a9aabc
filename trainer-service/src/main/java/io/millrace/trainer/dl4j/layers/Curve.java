package io.millrace.trainer.dl4j.layers;

import io.millrace.contracts.request.Activation;
import io.millrace.contracts.request.ActivationSpec;

/**
 * A function of single numbers with its derivative.
 *
 * @see <a href="https://keras.io/api/layers/activations/">Keras' activations</a>
 */
public interface Curve {
  double value(double x);

  double slope(double x);

  /** Writes the values at {@code x} to {@code y}. */
  default void values(float[] x, float[] y) {
    for (int i = 0; i < y.length; i++) {
      y[i] = (float) value(x[i]);
    }
  }

  /** Multiplies gradients by the derivatives at {@code x}. */
  default void multiplySlopes(float[] x, float[] gradients) {
    for (int i = 0; i < gradients.length; i++) {
      gradients[i] *= (float) slope(x[i]);
    }
  }

  /** A curve from a function and its derivative. */
  static Curve of(Function value, Function slope) {
    return new Curve() {
      @Override
      public double value(double x) {
        return value.at(x);
      }

      @Override
      public double slope(double x) {
        return slope.at(x);
      }
    };
  }

  /** A function of single numbers. */
  @FunctionalInterface
  interface Function {
    double at(double x);
  }

  /**
   * @throws IllegalArgumentException for softmax and log softmax, which are not functions of single
   *     numbers
   */
  static Curve of(Activation activation) {
    return switch (activation) {
      case LINEAR -> of(x -> x, x -> 1);
      case RELU -> new Rectifier(false);
      case SIGMOID -> of(Curve::sigmoid, x -> sigmoid(x) * sigmoid(-x));
      case TANH -> of(Math::tanh, x -> 1 - Math.tanh(x) * Math.tanh(x));
      case ELU, CELU -> elu(1);
      case SELU -> selu();
      case SOFTPLUS -> of(Curve::softplus, Curve::sigmoid);
      case SOFTSIGN ->
          of(x -> x / (1 + Math.abs(x)), x -> 1 / (1 + Math.abs(x)) / (1 + Math.abs(x)));
      case HARD_SIGMOID -> of(Curve::hardSigmoid, Curve::hardSigmoidSlope);
      case SWISH, SILU -> of(x -> x * sigmoid(x), x -> sigmoid(x) * (1 + x * sigmoid(-x)));
      case GELU -> of(x -> x * normal(x), x -> normal(x) + x * Math.exp(-x * x / 2) * DENSITY);
      case LEAKY_RELU -> leaky(0.2);
      case RELU6 -> clipped(0, 6);
      case MISH -> of(x -> x * Math.tanh(softplus(x)), Curve::mishSlope);
      case EXPONENTIAL -> of(Math::exp, Math::exp);
      case HARD_SILU, HARD_SWISH ->
          of(x -> x * hardSigmoid(x), x -> hardSigmoid(x) + x * hardSigmoidSlope(x));
      case LOG_SIGMOID -> of(x -> -softplus(-x), x -> sigmoid(-x));
      case HARD_TANH -> clipped(-1, 1);
      case TANH_SHRINK -> of(x -> x - Math.tanh(x), x -> Math.tanh(x) * Math.tanh(x));
      case SOFT_SHRINK ->
          of(x -> x > 0.5 ? x - 0.5 : x < -0.5 ? x + 0.5 : 0, x -> Math.abs(x) > 0.5 ? 1 : 0);
      case HARD_SHRINK -> of(x -> Math.abs(x) > 0.5 ? x : 0, x -> Math.abs(x) > 0.5 ? 1 : 0);
      case SQUAREPLUS ->
          of(x -> (x + Math.sqrt(x * x + 4)) / 2, x -> (1 + x / Math.sqrt(x * x + 4)) / 2);
      case HARD_SIGMOID_KERAS2 ->
          of(x -> Math.max(0, Math.min(1, 0.2 * x + 0.5)), x -> x > -2.5 && x < 2.5 ? 0.2 : 0);
      case SOFTMAX, LOG_SOFTMAX ->
          throw new IllegalArgumentException(
              activation.json() + " is not a function of single numbers");
    };
  }

  /** Klambauer et al. 2017, section 2. */
  double SELU_SCALE = 1.0507009873554805;

  /** See {@link #SELU_SCALE}. */
  double SELU_ALPHA = 1.6732632423543772;

  /** {@code 1 / sqrt(2 pi)}. */
  double DENSITY = 0.3989422804014327;

  static Curve line(double slope, double offset) {
    return of(x -> slope * x + offset, x -> slope);
  }

  static Curve leaky(double slope) {
    return of(x -> x > 0 ? x : slope * x, x -> x > 0 ? 1 : slope);
  }

  static Curve elu(double alpha) {
    return of(x -> x > 0 ? x : alpha * Math.expm1(x), x -> x > 0 ? 1 : alpha * Math.exp(x));
  }

  static Curve of(ActivationSpec.ReLU relu) {
    double slope = relu.negativeSlope();
    double start = relu.threshold();
    double most = relu.maxValue() == null ? Double.POSITIVE_INFINITY : relu.maxValue();
    if (slope == 0 && start == 0 && relu.maxValue() == null) {
      return new Rectifier(true);
    }
    return of(
        x -> x > start ? Math.min(x, most) : slope * (x - start),
        x -> x > start ? x < most ? 1 : 0 : slope);
  }

  private static Curve clipped(double least, double most) {
    return of(x -> Math.max(least, Math.min(most, x)), x -> x > least && x < most ? 1 : 0);
  }

  private static Curve selu() {
    Curve elu = elu(SELU_ALPHA);
    return of(x -> SELU_SCALE * elu.value(x), x -> SELU_SCALE * elu.slope(x));
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  private static double softplus(double x) {
    return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  }

  private static double hardSigmoid(double x) {
    return Math.max(0, Math.min(1, x / 6 + 0.5));
  }

  private static double hardSigmoidSlope(double x) {
    return x > -3 && x < 3 ? 1 / 6d : 0;
  }

  private static double mishSlope(double x) {
    double t = Math.tanh(softplus(x));
    return t + x * sigmoid(x) * (1 - t * t);
  }

  /**
   * The standard normal distribution function, {@code erfc(-x / sqrt(2)) / 2}, with an error below
   * 2e-7: Numerical Recipes, erfcc.
   */
  private static double normal(double x) {
    double z = Math.abs(x) / Math.sqrt(2);
    double t = 1 / (1 + z / 2);
    double[] c = {
      -1.26551223,
      1.00002368,
      0.37409196,
      0.09678418,
      -0.18628806,
      0.27886807,
      -1.13520398,
      1.48851587,
      -0.82215223,
      0.17087277
    };
    double sum = 0;
    for (int i = c.length - 1; i >= 0; i--) {
      sum = sum * t + c[i];
    }
    double half = t * Math.exp(-z * z + sum) / 2;
    return x < 0 ? half : 1 - half;
  }
}
