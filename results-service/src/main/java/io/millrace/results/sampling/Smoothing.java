package io.millrace.results.sampling;

/**
 * The exponential moving average of TensorBoard's scalar charts: {@code s = weight * s + (1 -
 * weight) * y}, from 0 on, and divided by {@code 1 - weight^n}, so that the first values do not
 * lean towards 0.
 */
public final class Smoothing {
  private Smoothing() {}

  /**
   * A curve, smoothed. A value that is not finite stays so and counts for nothing.
   *
   * @param weight 0 (as it is) up to but not including 1
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
   * A curve each of whose values stands for several equal ones; smoothed at the last one of them.
   *
   * @param weight 0 up to but not including 1
   * @param counts how many finite values each stands for
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
