package io.millrace.results.sampling;

/**
 * The exponential moving average of TensorBoard's scalar charts: {@code s = weight * s + (1 -
 * weight) * y}, starting from 0 and divided by {@code 1 - weight^n}, so that the first values are
 * not biased towards 0.
 */
public final class Smoothing {
  private Smoothing() {}

  /**
   * A smoothed curve. A value that is not finite stays so and is ignored.
   *
   * @param weight from 0 (no smoothing) up to but not including 1
   */
  public static double[] ofWeight(double weight, double[] y) {
    var smoothed = new double[y.length];
    double average = 0;
    double missing = 1;
    for (int i = 0; i < y.length; i++) {
      if (Double.isFinite(y[i])) {
        average = weight * average + (1 - weight) * y[i];
        missing *= weight;
        smoothed[i] = average / (1 - missing);
      } else {
        smoothed[i] = Double.NaN;
      }
    }
    return smoothed;
  }

  /**
   * A smoothed curve, each of whose values represents several equal ones. Each result is the
   * smoothed value at the last of them.
   *
   * @param weight from 0 up to but not including 1
   * @param counts the number of finite values that each represents
   */
  public static double[] ofWeight(double weight, double[] y, int[] counts) {
    var smoothed = new double[y.length];
    double average = 0;
    double missing = 1;
    for (int i = 0; i < y.length; i++) {
      if (Double.isFinite(y[i])) {
        double kept = Math.pow(weight, counts[i]);
        average = kept * average + (1 - kept) * y[i];
        missing *= kept;
        smoothed[i] = average / (1 - missing);
      } else {
        smoothed[i] = Double.NaN;
      }
    }
    return smoothed;
  }
}
