package io.millrace.results.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** The decisions of an adaptive plan, and simulations of how often they are wrong. */
class AdaptivePlanTest {
  private static final int EXPERIMENTS = 10_000;
  private static final Offset<Double> CLOSE = within(2e-6);
  private static final List<String> TRICKS = List.of("plain", "augmented", "dropout", "adam");
  private static final List<String> ONE = List.of("plain", "dropout");

  /**
   * The expected values come from a recursive integration of the same design with NumPy and SciPy
   * 1.17.1 (801 grid points, {@code optimize.brentq}).
   */
  @Test
  void theSignificanceLevelsOfTheLooksMatchNumericalIntegration() {
    assertThat(Spending.levels(new int[] {7}, 0.05)).containsExactly(new double[] {0.05}, CLOSE);
    assertThat(Spending.levels(new int[] {3, 6, 9, 12}, 0.05))
        .containsExactly(new double[] {0.01, 0.03460907, 0.01312016, 0.01248514}, CLOSE);
    assertThat(Spending.levels(new int[] {3, 6}, 0.05))
        .containsExactly(new double[] {0.01, 0.04520616}, CLOSE);
    assertThat(Spending.levels(new int[] {3, 6, 9, 12}, 0.05 / 3))
        .containsExactly(new double[] {0.00333333, 0.0112029, 0.00371586, 0.00351029}, CLOSE);
  }

  @Test
  void looksAreSpacedByTheInitialNumberOfSeedsUpToTheMaximum() {
    assertThat(plan(ONE, 3, 12).sizes()).containsExactly(3, 6, 9, 12);
    assertThat(plan(ONE, 3, 10).sizes()).as("no look for one more seed").containsExactly(3, 6, 10);
    assertThat(plan(ONE, 3, 8).sizes()).containsExactly(3, 6, 8);
    assertThat(plan(ONE, 4, 4).sizes()).containsExactly(4);
    assertThat(plan(ONE, 4, 5).sizes()).containsExactly(4, 5);
  }

  @Test
  void onlyUndecidedVariantsAndTheBaselineGetMoreSeeds() {
    // augmented is far better than plain, and dropout is like plain.
    Map<String, double[]> values =
        Map.of(
            "plain", new double[] {0.70, 0.71, 0.72, 0.70, 0.71, 0.72},
            "augmented", new double[] {0.90, 0.91, 0.92, 0.90, 0.91, 0.92},
            "dropout", new double[] {0.71, 0.70, 0.72, 0.71, 0.72, 0.70});
    var plan =
        new AdaptivePlan(
            "test_acc", "plain", List.of("plain", "augmented", "dropout"), 3, 12, Double.NaN);

    AdaptivePlan.State first = plan.state(ended(values, 2));
    assertThat(first.wanted()).isEqualTo(Map.of("plain", 3, "augmented", 3, "dropout", 3));
    assertThat(first.finished()).isFalse();
    assertThat(first.looks()).isEmpty();

    AdaptivePlan.State second = plan.state(ended(values, 3));
    assertThat(second.wanted()).isEqualTo(Map.of("plain", 6, "augmented", 3, "dropout", 6));
    assertThat(second.looks())
        .containsExactly(new AdaptivePlan.Look(3, List.of("augmented"), List.of("dropout")));
    assertThat(second.decisions().get(0).verdict()).isEqualTo(Verdict.BETTER);
    assertThat(second.decisions().get(0).seeds()).isEqualTo(3);
    assertThat(second.decisions().get(0).low()).isPositive();
    assertThat(second.decisions().get(1).verdict()).isEqualTo(Verdict.UNDECIDED);

    AdaptivePlan.State third = plan.state(ended(values, 6));
    assertThat(third.wanted()).isEqualTo(Map.of("plain", 9, "augmented", 3, "dropout", 9));
  }

  @Test
  void aDifferenceBelowTheSmallestEffectIsDecidedAsNoDifference() {
    Map<String, double[]> values =
        Map.of(
            "plain", new double[] {0.700, 0.701, 0.702, 0.700, 0.701, 0.702},
            "dropout", new double[] {0.701, 0.700, 0.702, 0.701, 0.702, 0.700});
    var plan = new AdaptivePlan("test_acc", "plain", ONE, 3, 6, 0.01);

    AdaptivePlan.State state = plan.state(ended(values, 6));

    assertThat(state.finished()).isTrue();
    AdaptivePlan.Decision decision = state.decisions().get(0);
    assertThat(decision.verdict()).isEqualTo(Verdict.NO_DIFFERENCE);
    assertThat(decision.low()).isGreaterThan(-0.01);
    assertThat(decision.high()).isLessThan(0.01);
    assertThat(
            new AdaptivePlan("test_acc", "plain", ONE, 3, 6, Double.NaN)
                .state(ended(values, 6))
                .decisions()
                .get(0)
                .verdict())
        .as("the plan has no smallest effect")
        .isEqualTo(Verdict.UNDECIDED);
  }

  @Test
  void failedRunsLeaveAGapAndDoNotStallThePlan() {
    Map<String, double[]> values =
        Map.of(
            "plain", new double[] {0.70, Double.NaN, 0.72},
            "dropout", new double[] {Double.NaN, Double.NaN, Double.NaN});
    AdaptivePlan.State state = plan(ONE, 3, 3).state(ended(values, 3));

    assertThat(state.finished()).isTrue();
    assertThat(state.decisions())
        .containsExactly(new AdaptivePlan.Decision("dropout", Verdict.NO_SPREAD, 3, null, null));
  }

  @Test
  void atMostFivePercentOfExperimentsReportANonexistentEffect() {
    for (List<String> variants : List.of(ONE, TRICKS)) {
      AdaptivePlan plan = plan(variants, 3, 12);
      double wrong =
          share(
              plan,
              variant -> 0,
              decisions ->
                  decisions.stream()
                      .anyMatch(
                          d -> d.verdict() == Verdict.BETTER || d.verdict() == Verdict.WORSE));
      assertThat(wrong).as("%d variants", variants.size()).isBetween(0.02, 0.05);
    }
  }

  @Test
  void anEffectOfTwoDeviationsIsMostlyDetectedWithinSixSeeds() {
    double seen =
        share(
            plan(ONE, 3, 12),
            variant -> variant.equals("plain") ? 0 : 2,
            decisions ->
                decisions.get(0).verdict() == Verdict.BETTER && decisions.get(0).seeds() <= 6);
    assertThat(seen).isBetween(0.8, 0.9);
  }

  /** The expected shares are those of the table and the picture in deciding.md. */
  @Test
  void theShareOfDecidedExperimentsMatchesTheDocumentation() {
    Map<Double, double[]> documented =
        Map.of(
            0.0, new double[] {0.005, 0.037, 0.043, 0.049},
            0.5, new double[] {0.009, 0.092, 0.113, 0.149},
            1.0, new double[] {0.024, 0.276, 0.366, 0.490},
            1.5, new double[] {0.050, 0.562, 0.704, 0.848},
            2.0, new double[] {0.092, 0.814, 0.925, 0.982},
            3.0, new double[] {0.240, 0.989, 1.000, 1.000});
    AdaptivePlan plan = plan(ONE, 3, 12);
    documented.forEach(
        (effect, shares) -> {
          var decided = new int[shares.length];
          forEach(
              plan,
              variant -> variant.equals("plain") ? 0 : effect,
              decisions -> {
                for (int i = 0; i < shares.length; i++) {
                  boolean by =
                      decisions.get(0).verdict() != Verdict.UNDECIDED
                          && decisions.get(0).seeds() <= plan.sizes()[i];
                  decided[i] += by ? 1 : 0;
                }
              });
          for (int i = 0; i < shares.length; i++) {
            assertThat((double) decided[i] / EXPERIMENTS)
                .as("%s deviations, %d seeds", effect, plan.sizes()[i])
                .isCloseTo(shares[i], within(0.02));
          }
        });
  }

  @Test
  void aRelevantDifferenceIsRarelyJudgedAsNoDifference() {
    double wrong =
        share(
            new AdaptivePlan("test_acc", "plain", ONE, 3, 12, 1),
            variant -> variant.equals("plain") ? 0 : 1,
            decisions -> decisions.get(0).verdict() == Verdict.NO_DIFFERENCE);
    assertThat(wrong).isLessThan(0.05);
    double right =
        share(
            new AdaptivePlan("test_acc", "plain", ONE, 3, 12, 2),
            variant -> 0,
            decisions -> decisions.get(0).verdict() == Verdict.NO_DIFFERENCE);
    assertThat(right).isGreaterThan(0.8);
  }

  /** The share of simulated experiments whose decisions pass a test. */
  private static double share(
      AdaptivePlan plan,
      ToDoubleFunction<String> effect,
      Predicate<List<AdaptivePlan.Decision>> test) {
    var count = new AtomicInteger();
    forEach(plan, effect, decisions -> count.addAndGet(test.test(decisions) ? 1 : 0));
    return count.doubleValue() / EXPERIMENTS;
  }

  /** Simulates complete experiments; the values have a standard deviation of 1. */
  private static void forEach(
      AdaptivePlan plan,
      ToDoubleFunction<String> effect,
      Consumer<List<AdaptivePlan.Decision>> consumer) {
    var random = new Random(18);
    for (int i = 0; i < EXPERIMENTS; i++) {
      var values = new HashMap<String, double[]>();
      for (String variant : plan.variants()) {
        double mean = effect.applyAsDouble(variant);
        values.put(
            variant,
            IntStream.range(0, plan.to())
                .mapToDouble(seed -> random.nextGaussian() + mean)
                .toArray());
      }
      consumer.accept(plan.state(ended(values, plan.to())).decisions());
    }
  }

  private static AdaptivePlan plan(List<String> variants, int from, int to) {
    return new AdaptivePlan("test_acc", "plain", variants, from, to, Double.NaN);
  }

  /** The results when the runs of the first seeds have ended. NaN marks a failed run. */
  private static AdaptivePlan.Results ended(Map<String, double[]> values, int seeds) {
    return new AdaptivePlan.Results() {
      @Override
      public boolean hasEnded(String variant, int seed) {
        return seed < seeds;
      }

      @Override
      public Double value(String variant, int seed) {
        double value = values.get(variant)[seed];
        return Double.isNaN(value) ? null : (Double) value;
      }
    };
  }
}
