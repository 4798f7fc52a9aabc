package io.millrace.results.statistics;

import java.util.List;
import org.apache.commons.math3.distribution.TDistribution;

/**
 * A number over replicates.
 *
 * @param n how many, at least 1
 * @param std with n - 1 in its denominator; NaN for n = 1
 */
public record Sample(int n, double mean, double std) {
  /** What intervals cover. */
  public static final double CONFIDENCE = 0.95;

  /** Of at least one finite number. */
  public static Sample of(List<Double> values) {
    int n = values.size();
    double mean = values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    double squares = values.stream().mapToDouble(value -> (value - mean) * (value - mean)).sum();
    return new Sample(n, mean, n > 1 ? Math.sqrt(squares / (n - 1)) : Double.NaN);
  }

  /** Whether there is a spread to judge by: of one replicate, or of equal ones, there is none. */
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
   * Where a number lies with 95% confidence.
   *
   * @param low lower end
   * @param high upper end
   */
  public record Interval(double low, double high) {
    /**
     * By Student's t.
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
