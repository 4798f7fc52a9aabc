package io.millrace.results.statistics;

import java.util.OptionalInt;
import org.apache.commons.math3.distribution.NormalDistribution;

/**
 * Estimates how many more seeds would decide a comparison, if the true difference and spreads are
 * as observed: the sample size at which a two-sided t-test finds the difference with a power of 80%
 * (W. C. Guenther, Sample size formulas for normal theory t tests, 1981).
 */
final class SeedsNeeded {
  /** A larger number is not reported. */
  static final int MAX = 100;

  private static final double POWER = 0.8;

  private SeedsNeeded() {}

  /**
   * The further seeds that both variants need.
   *
   * @param alpha two-sided
   * @return at least 1; empty if it is more than {@link #MAX}
   */
  static OptionalInt of(Sample a, Sample b, double alpha) {
    var normal = new NormalDistribution(null, 0, 1);
    double high = normal.inverseCumulativeProbability(1 - alpha / 2);
    double power = normal.inverseCumulativeProbability(POWER);
    double variance = variance(a) + variance(b);
    double difference = a.mean() - b.mean();
    double size = variance * Math.pow((high + power) / difference, 2) + high * high / 4;
    if (!(size < MAX * 2.0)) {
      return OptionalInt.empty();
    }
    int more = Math.max(1, (int) Math.ceil(size) - Math.min(a.n(), b.n()));
    return more > MAX ? OptionalInt.empty() : OptionalInt.of(more);
  }

  private static double variance(Sample sample) {
    return sample.n() > 1 ? sample.std() * sample.std() : 0;
  }
}
