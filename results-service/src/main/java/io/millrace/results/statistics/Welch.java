package io.millrace.results.statistics;

import io.millrace.results.statistics.Sample.Interval;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.special.Gamma;

/**
 * Welch's t-test of two samples' means, which does not assume equal variances (B. L. Welch, 1947),
 * with the Welch–Satterthwaite degrees of freedom, and the size of the effect.
 *
 * @param difference of the means
 * @param df degrees of freedom
 * @param p the probability of a difference at least this large by chance alone, two-sided
 * @param standardError of the difference
 * @param effectSize Hedges' g: the difference in pooled standard deviations, with the exact
 *     correction for small samples (L. V. Hedges, 1981)
 */
public record Welch(
    double difference, double t, double df, double p, double standardError, double effectSize) {

  /**
   * Tests two samples.
   *
   * @return null without a spread
   */
  public static Welch test(Sample a, Sample b) {
    if (a.n() < 2 || b.n() < 2 || !a.hasSpread() && !b.hasSpread()) {
      return null;
    }
    double difference = a.mean() - b.mean();
    double varianceA = a.std() * a.std() / a.n();
    double varianceB = b.std() * b.std() / b.n();
    double standardError = Math.sqrt(varianceA + varianceB);
    double df =
        Math.pow(varianceA + varianceB, 2)
            / (varianceA * varianceA / (a.n() - 1) + varianceB * varianceB / (b.n() - 1));
    double t = difference / standardError;
    double p = 2 * new TDistribution(null, df).cumulativeProbability(-Math.abs(t));
    return new Welch(difference, t, df, p, standardError, hedges(difference, a, b));
  }

  /** The 95% confidence interval of the difference. */
  public Interval interval() {
    return interval(Sample.CONFIDENCE);
  }

  /** The confidence interval of the difference. */
  public Interval interval(double confidence) {
    return Interval.around(difference, standardError, df, confidence);
  }

  /**
   * Whether the interval is within a distance from 0 on both sides: two one-sided tests (D. J.
   * Schuirmann, 1987).
   *
   * @param most the distance; NaN for never
   * @param level the probability outside the interval, on both sides together
   */
  boolean isWithin(double most, double level) {
    if (!(Math.abs(difference) < most)) {
      return false;
    }
    double nearer = (most - Math.abs(difference)) / standardError;
    return new TDistribution(null, df).cumulativeProbability(-nearer) <= level / 2;
  }

  private static double hedges(double difference, Sample a, Sample b) {
    double df = a.n() + b.n() - 2.0;
    double pooled =
        Math.sqrt(((a.n() - 1) * a.std() * a.std() + (b.n() - 1) * b.std() * b.std()) / df);
    double correction =
        Math.exp(Gamma.logGamma(df / 2) - Gamma.logGamma((df - 1) / 2)) / Math.sqrt(df / 2);
    return correction * difference / pooled;
  }
}
