package io.millrace.results.statistics;

import java.util.List;
import org.apache.commons.math3.distribution.TDistribution;

/**
 * The mean and spread of a metric over replicates.
 *
 * @param n the number of replicates, at least 1
 * @param std with n - 1 in its denominator; NaN for n = 1
 */
public record Sample(int n, double mean, double std) {
  /** The confidence level of intervals. */
  public static final double CONFIDENCE = 0.95;

  /** The sample of at least one finite number. */
  public static Sample of(List<Double> values) {
    int n = values.size();
    double mean = values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    double squares = values.stream().mapToDouble(value -> (value - mean) * (value - mean)).sum();
    return new Sample(n, mean, n > 1 ? Math.sqrt(squares / (n - 1)) : Double.NaN);
  }

  /** Whether there is a spread; one replicate, or equal replicates, have none. */
  boolean hasSpread() {
    return n > 1 && std > 0;
  }

  /**
   * The confidence interval of the mean, by Student's t.
   *
   * @return null for n = 1
   */
  public Interval confidence() {
    return n < 2 ? null : Interval.around(mean, std / Math.sqrt(n), n - 1, CONFIDENCE);
  }

  /**
   * A confidence interval.
   *
   * @param low lower end
   * @param high upper end
   */
  public record Interval(double low, double high) {
    /**
     * The interval around a value, by Student's t.
     *
     * @param df degrees of freedom
     */
    static Interval around(double value, double standardError, double df, double confidence) {
      double half =
          new TDistribution(null, df).inverseCumulativeProbability((1 + confidence) / 2)
              * standardError;
      return new Interval(value - half, value + half);
    }
  }
}
