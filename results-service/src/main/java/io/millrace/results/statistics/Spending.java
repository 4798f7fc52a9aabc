package io.millrace.results.statistics;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.apache.commons.math3.analysis.solvers.BrentSolver;
import org.apache.commons.math3.special.Erf;

/**
 * Spends the probability of a false alarm over several looks at growing samples, as a
 * group-sequential design with alpha spending (K. K. G. Lan and D. L. DeMets, 1983). Of several
 * looks, the first spends a fifth, because few runs decide little; the second spends three fifths;
 * the later ones share the rest equally. The bounds are computed by recursive numerical integration
 * (P. Armitage, C. K. McPherson and B. C. Rowe, 1969) for normal scores, and used as levels of
 * Welch's test at each look, the significance level approach (C. Jennison and B. W. Turnbull, Group
 * Sequential Methods, 2000, section 4.4).
 */
final class Spending {
  private static final double FIRST = 0.2;
  private static final double SECOND = 0.6;

  private static final int POINTS = 401;
  private static final int EVALUATIONS = 200;
  private static final double ACCURACY = 1e-12;
  private static final double LARGEST_BOUND = 12;

  /** There are few designs; this many are cached. */
  private static final int REMEMBERED = 500;

  private static final Cache<Design, double[]> LEVELS =
      Caffeine.newBuilder().maximumSize(REMEMBERED).build();

  private record Design(List<Integer> sizes, double alpha) {}

  private Spending() {}

  /**
   * The largest significant p value at each look, two-sided.
   *
   * @param sizes of a sample at each look, increasing
   * @param alpha the probability of a false alarm over all looks
   */
  static double[] levels(int[] sizes, double alpha) {
    var design = new Design(Arrays.stream(sizes).boxed().toList(), alpha);
    return LEVELS.get(design, missing -> computed(sizes, alpha)).clone();
  }

  private static double[] computed(int[] sizes, double alpha) {
    var levels = new double[sizes.length];
    Scores scores = null;
    for (int look = 0; look < sizes.length; look++) {
      double time = (double) sizes[look] / sizes[sizes.length - 1];
      double spent = alpha * share(look, sizes.length);
      double bound = bound(scores, time, spent);
      levels[look] = twoSided(bound);
      scores = Scores.within(scores, time, bound);
    }
    return levels;
  }

  private static double share(int look, int looks) {
    if (looks == 1) {
      return 1;
    }
    if (look == 0) {
      return FIRST;
    }
    if (looks == 2) {
      return 1 - FIRST;
    }
    return look == 1 ? SECOND : (1 - FIRST - SECOND) / (looks - 2);
  }

  /** The standardized score whose exceedance probability is what the look may spend. */
  private static double bound(Scores scores, double time, double spent) {
    return new BrentSolver(ACCURACY)
        .solve(
            EVALUATIONS,
            z -> (scores == null ? twoSided(z) : scores.beyond(time, z)) - spent,
            0,
            LARGEST_BOUND);
  }

  /** The probability that a standard normal number is at least this far from 0. */
  private static double twoSided(double z) {
    return Erf.erfc(z / Math.sqrt(2));
  }

  private static double above(double z) {
    return Erf.erfc(z / Math.sqrt(2)) / 2;
  }

  private static double density(double x, double deviation) {
    double z = x / deviation;
    return Math.exp(-z * z / 2) / (deviation * Math.sqrt(2 * Math.PI));
  }

  /**
   * The distribution of the score of an undecided experiment: a Brownian motion that stayed within
   * the bounds of all earlier looks.
   *
   * @param time of the look, as a share of the last look's time
   * @param step between the points of the trapezoidal integration
   */
  private record Scores(double time, double limit, double step, double[] densities) {
    static Scores within(Scores before, double time, double bound) {
      double limit = bound * Math.sqrt(time);
      double step = 2 * limit / (POINTS - 1);
      var densities = new double[POINTS];
      for (int i = 0; i < POINTS; i++) {
        double place = -limit + i * step;
        densities[i] =
            before == null ? density(place, Math.sqrt(time)) : before.densityAt(time, place);
      }
      return new Scores(time, limit, step, densities);
    }

    private double densityAt(double later, double place) {
      double deviation = Math.sqrt(later - time);
      return integral(x -> Spending.density(place - x, deviation));
    }

    /** The probability that the score exceeds a bound at the next look. */
    double beyond(double later, double bound) {
      double limit = bound * Math.sqrt(later);
      double deviation = Math.sqrt(later - time);
      return integral(x -> above((limit - x) / deviation) + above((limit + x) / deviation));
    }

    private double integral(DoubleUnaryOperator function) {
      double sum = 0;
      for (int i = 0; i < POINTS; i++) {
        double weight = i == 0 || i == POINTS - 1 ? step / 2 : step;
        sum += weight * densities[i] * function.applyAsDouble(-limit + i * step);
      }
      return sum;
    }
  }
}
