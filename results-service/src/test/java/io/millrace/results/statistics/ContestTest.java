package io.millrace.results.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.results.statistics.Contest.Entrant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Comparisons of variants with a baseline, and the answers in words. */
class ContestTest {
  private static final Entrant NONE = entrant("none", 0.784, 0.790, 0.778);
  private static final Entrant DROPOUT = entrant("dropout", 0.810, 0.803, 0.805);

  @Test
  void aGainBeyondTheSpreadOfTheSeedsIsJudgedAsBetter() {
    Contest contest = Contest.of("test_acc", null, List.of(DROPOUT, NONE));

    assertThat(contest.baseline()).as("a usual baseline name, though second").isEqualTo("none");
    assertThat(contest.answer())
        .isEqualTo(
            "dropout helps: test_acc 0.806 ± 0.009 versus 0.784 ± 0.015 for none"
                + " (Welch p = 0.0096, 3 runs each)");
    Comparison comparison = contest.compare("dropout");
    assertThat(comparison.verdict()).isEqualTo(Verdict.BETTER);
    assertThat(comparison.percent()).isBetween(2.80, 2.81);
    assertThat(comparison.low()).isPositive();
    assertThat(contest.compare("none")).as("the baseline").isNull();
    assertThat(contest.best()).isEqualTo("dropout");
  }

  @Test
  void aLowerLossIsBetter() {
    Contest contest =
        Contest.of(
            "test_loss",
            "augmented",
            List.of(entrant("augmented", 0.41, 0.42, 0.43), entrant("adam", 0.61, 0.62, 0.63)));

    assertThat(contest.compare("adam").verdict()).isEqualTo(Verdict.WORSE);
    assertThat(contest.best()).isEqualTo("augmented");
    assertThat(contest.answer())
        .startsWith(
            "adam does worse than augmented: test_loss 0.62 ± 0.02 versus 0.42 ± 0.02 for augmented");
  }

  @Test
  void aDifferenceWithinTheSpreadOfTheSeedsIsUndecided() {
    Contest contest =
        Contest.of(
            "test_acc", null, List.of(entrant("a", 0.7, 0.8), entrant("b", 0.72, 0.83, 0.8)));

    assertThat(contest.baseline()).as("no usual name, so the first").isEqualTo("a");
    assertThat(contest.compare("b").verdict()).isEqualTo(Verdict.UNDECIDED);
    assertThat(contest.answer())
        .isEqualTo(
            "It is not clear yet whether b does better than a: test_acc 0.78 ± 0.14 versus 0.8 ± 0.6"
                + " for a (Welch p = 0.64, 3 and 2 runs); if the true difference is as observed,"
                + " about 58 more seeds each would decide it");
  }

  @Test
  void oneRunHasNoSpreadToJudgeBy() {
    Contest contest =
        Contest.of("test_acc", null, List.of(entrant("none", 0.78), entrant("dropout", 0.8125)));

    Comparison comparison = contest.compare("dropout");
    assertThat(comparison.verdict()).isEqualTo(Verdict.NO_SPREAD);
    assertThat(comparison.p()).isNull();
    assertThat(comparison.low()).isNull();
    assertThat(contest.answer())
        .isEqualTo(
            "dropout looks better: test_acc 0.8125 versus 0.78 for none, but with one run per"
                + " variant there is no spread to judge by");
    assertThat(Contest.of("test_acc", null, List.of(NONE, entrant("x", 0.5))).answer())
        .isEqualTo(
            "x looks worse: test_acc 0.5 versus 0.784 ± 0.015 for none, but with one run of variant"
                + " x there is no spread to judge by");
    assertThat(
            Contest.of("test_acc", null, List.of(entrant("a", 0.5, 0.5), entrant("b", 0.5, 0.5)))
                .answer())
        .isEqualTo(
            "b looks no different: test_acc 0.5 versus 0.5 for a, but with runs that do not differ"
                + " there is no spread to judge by");
  }

  @Test
  void theAnswerNamesTheVariantThatHelpsMost() {
    Contest contest =
        Contest.of(
            "test_acc",
            null,
            List.of(NONE, DROPOUT, entrant("lucky", 0.95), entrant("worse", 0.5, 0.51)));

    assertThat(contest.best()).isEqualTo("lucky");
    assertThat(contest.answer())
        .isEqualTo(
            "dropout helps; worse hurts; it is not clear yet whether lucky helps. Best is dropout:"
                + " test_acc 0.806 ± 0.009 versus 0.784 ± 0.015 for none");
  }

  @Test
  void severalComparisonsAreCorrectedByHolm() {
    // By hand, as SciPy has no Holm correction: the smaller p is 0.0096 and is multiplied by 2.
    Contest contest =
        Contest.of("test_acc", null, List.of(NONE, DROPOUT, entrant("same", 0.785, 0.779, 0.791)));

    Comparison dropout = contest.compare("dropout");
    assertThat(dropout.p()).isCloseTo(0.0096316, within(1e-6));
    assertThat(dropout.correctedP()).isCloseTo(2 * 0.0096316, within(1e-6));
    assertThat(dropout.sentence())
        .endsWith("(Welch p = 0.019, corrected for 2 comparisons, 3 runs each)");
    Comparison same = contest.compare("same");
    assertThat(same.correctedP()).as("the largest p is not changed").isEqualTo(same.p());
  }

  /** J. Cohen's tables (1988) give 17 and 64 for two-sided tests at 5% with a power of 80%. */
  @Test
  void theNumberOfSeedsNeededToDecideMatchesCohensTables() {
    Sample reference = new Sample(3, 0, 1);
    assertThat(SeedsNeeded.of(new Sample(3, 1, 1), reference, 0.05)).hasValue(17 - 3);
    assertThat(SeedsNeeded.of(new Sample(5, 0.5, 1), reference, 0.05)).hasValue(64 - 3);
    assertThat(SeedsNeeded.of(new Sample(40, 1, 1), new Sample(30, 0, 1), 0.05))
        .as("undecided by chance, with more seeds than needed")
        .hasValue(1);
    assertThat(SeedsNeeded.of(new Sample(3, 0.1, 1), reference, 0.05)).isEmpty();
    assertThat(SeedsNeeded.of(new Sample(3, 0, 1), reference, 0.05)).isEmpty();
  }

  /** Compares variants that have equal accuracies, and three losses each around the given one. */
  private static Contest byLoss(Map<String, Double> losses) {
    Sample accuracy = Sample.of(List.of(0.80, 0.81, 0.79));
    var entrants = new ArrayList<Entrant>();
    losses.forEach(
        (variant, loss) ->
            entrants.add(
                new Entrant(
                    variant, accuracy, Sample.of(List.of(loss, loss + 0.01, loss - 0.01)), null)));
    return Contest.of("test_acc", "plain", entrants);
  }

  @Test
  void theAnswerLeadsWithTheLossIfOnlyTheLossDecides() {
    assertThat(byLoss(Map.of("plain", 0.90, "dropout", 0.59)).answer())
        .as("the decided metric comes first")
        .startsWith(
            "By test_loss, dropout helps (test_loss 0.59 ± 0.02 versus 0.90 ± 0.02 for plain). By"
                + " test_acc, it is not clear yet whether dropout helps: test_acc 0.80 ± 0.02");
  }

  @Test
  void theAnswerByLossNamesTheVariantThatHelpsMost() {
    var losses = Map.of("plain", 0.90, "augmented", 0.59, "dropout", 0.49, "adam", 1.49);

    assertThat(byLoss(losses).answer())
        .startsWith(
            "By test_loss, dropout and augmented help, most of all dropout (test_loss 0.49 ± 0.02"
                + " versus 0.90 ± 0.02 for plain); adam hurts (test_loss 1.49 ± 0.02 versus 0.90 ±"
                + " 0.02 for plain). By test_acc, it is not clear yet whether");
  }

  @Test
  void theAnswerSaysIfNoVariantBeatsTheNaiveBaseline() {
    Contest contest =
        Contest.of(
            "test_mae",
            null,
            List.of(
                new Entrant("plain", Sample.of(List.of(0.5, 0.6)), null, 0.31),
                new Entrant("adam", Sample.of(List.of(0.4, 0.5)), null, 0.31)));

    assertThat(contest.answer()).endsWith(". No variant beats the naive baseline (test_mae 0.31)");
  }

  @Test
  void decisionsOfAnAdaptivePlanBecomeTheVerdicts() {
    var plan =
        new AdaptivePlan("test_acc", "none", List.of("none", "dropout", "adam"), 3, 12, 0.01);
    var state =
        new AdaptivePlan.State(
            Map.of(),
            false,
            List.of(
                new AdaptivePlan.Decision("dropout", Verdict.BETTER, 3, 0.0051, 0.0389),
                new AdaptivePlan.Decision("adam", Verdict.NO_DIFFERENCE, 6, -0.004, 0.006)),
            List.of());
    Contest contest =
        Contest.of(plan, state, List.of(NONE, DROPOUT, entrant("adam", 0.785, 0.786, 0.787)));

    assertThat(contest.answer())
        .isEqualTo(
            "dropout helps; adam makes no difference of 0.01 or more. Best is dropout: test_acc"
                + " 0.806 ± 0.009 versus 0.784 ± 0.015 for none");
    assertThat(contest.compare("dropout").sentence())
        .isEqualTo(
            "dropout helps: test_acc 0.806 ± 0.009 versus 0.784 ± 0.015 for none (after 3 seeds,"
                + " the difference is between 0.0051 and 0.0389)");
    assertThat(contest.compare("dropout").decidedAfter()).isEqualTo(3);
    assertThat(contest.compare("adam").verdict()).isEqualTo(Verdict.NO_DIFFERENCE);
  }

  @Test
  void aVariantLeftUndecidedByThePlanIsJudgedAgainWithMoreRuns() {
    var plan = new AdaptivePlan("test_acc", "none", List.of("none", "dropout"), 2, 2, Double.NaN);
    var state =
        new AdaptivePlan.State(
            Map.of(),
            true,
            List.of(new AdaptivePlan.Decision("dropout", Verdict.UNDECIDED, 2, -0.01, 0.05)),
            List.of());
    Entrant two = entrant("dropout", 0.810, 0.803);

    assertThat(Contest.of(plan, state, List.of(NONE, two)).compare("dropout").sentence())
        .startsWith("It is not clear yet whether dropout helps: test_acc 0.8")
        .contains(
            " (after 2 seeds, the difference is between -0.01 and 0.05); if the true difference");
    assertThat(Contest.of(plan, state, List.of(NONE, DROPOUT)).compare("dropout").sentence())
        .isEqualTo(
            "dropout helps: test_acc 0.806 ± 0.009 versus 0.784 ± 0.015 for none (Welch p = 0.0096,"
                + " 3 runs each)");
  }

  @Test
  void theAnswerSaysWhichResultsAreStillMissing() {
    Entrant pending = new Entrant("dropout", null);
    assertThat(Contest.of("test_acc", null, List.of(pending)).answer())
        .isEqualTo("No run has completed with a finite test_acc yet");
    assertThat(Contest.of("test_acc", null, List.of(NONE, pending)).answer())
        .isEqualTo(
            "none has test_acc 0.784 ± 0.015 (3 runs); no run of another variant has completed"
                + " with a finite value to compare with");
    assertThat(Contest.of("test_acc", null, List.of(new Entrant("none", null), DROPOUT)).answer())
        .isEqualTo(
            "dropout has test_acc 0.806 ± 0.009 (3 runs), but no run of variant none has"
                + " completed with a finite value to compare with");
  }

  @Test
  void theMetricDeterminesWhetherHigherIsBetter() {
    for (String metric :
        List.of(
            "acc", "val_acc", "test_top_5_acc", "f1", "val_auc", "test_r2", "samples_per_second")) {
      assertThat(Direction.isHigherBetter(metric)).as(metric).isTrue();
    }
    for (String metric :
        List.of("loss", "best_val_loss", "test_mae", "val_rmse", "mape", "seconds", "best_epoch")) {
      assertThat(Direction.isHigherBetter(metric)).as(metric).isFalse();
    }
  }

  private static Entrant entrant(String variant, Double... values) {
    return new Entrant(variant, Sample.of(Arrays.asList(values)));
  }
}
