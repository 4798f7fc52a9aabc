package io.millrace.augmentation.transform;

/**
 * Normally distributed numbers from uniform bits by table lookup: the quantiles in the middle of
 * 4,096 intervals of equal probability, scaled to a variance of 1. All are within 3.7 standard
 * deviations. The quantiles use Acklam's rational approximation and {@link StrictMath}, so that
 * they are the same on every JVM.
 */
final class NormalTable {
  static final int BITS = 12;
  private static final int SIZE = 1 << BITS;
  private static final int MASK = SIZE - 1;

  private static final double[] A = {
    -3.969683028665376e+01, 2.209460984245205e+02, -2.759285104469687e+02,
    1.383577518672690e+02, -3.066479806614716e+01, 2.506628277459239e+00
  };
  private static final double[] B = {
    -5.447609879822406e+01,
    1.615858368580409e+02,
    -1.556989798598866e+02,
    6.680131188771972e+01,
    -1.328068155288572e+01
  };
  private static final double[] C = {
    -7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00,
    -2.549732539343734e+00, 4.374664141464968e+00, 2.938163982698783e+00
  };
  private static final double[] D = {
    7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00, 3.754408661907416e+00
  };

  private static final float[] QUANTILES = table();

  private NormalTable() {}

  private static float[] table() {
    double[] exact = new double[SIZE];
    double squares = 0;
    for (int i = 0; i < SIZE; i++) {
      exact[i] = quantile((i + 0.5) / SIZE);
      squares += exact[i] * exact[i];
    }
    float[] table = new float[SIZE];
    double scale = 1 / Math.sqrt(squares / SIZE);
    for (int i = 0; i < SIZE; i++) {
      table[i] = (float) (exact[i] * scale);
    }
    return table;
  }

  /** The number for the lowest {@value #BITS} bits. */
  static float of(long bits) {
    return QUANTILES[(int) bits & MASK];
  }

  /** The quantile of the standard normal distribution at {@code 0 < p < 1}. */
  static double quantile(double p) {
    double low = 0.02425;
    if (p > 1 - low) {
      return -quantile(1 - p);
    }
    if (p < low) {
      double q = Math.sqrt(-2 * StrictMath.log(p));
      return polynomial(C, q) / (polynomial(D, q) * q + 1);
    }
    double q = p - 0.5;
    double r = q * q;
    return polynomial(A, r) * q / (polynomial(B, r) * r + 1);
  }

  private static double polynomial(double[] coefficients, double x) {
    double value = 0;
    for (double coefficient : coefficients) {
      value = value * x + coefficient;
    }
    return value;
  }
}
