package io.millrace.results.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.results.statistics.Contest.Entrant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Did the trick help? */
class ContestTest {
  private static final Entrant NONE = entrant("none", 0.784, 0.790, 0.778);
  private static final Entrant DROPOUT = entrant("dropout", 0.810, 0.803, 0.805);

  @Test
  void aGainBeyondTheSpreadOfTheSeedsHelps() {
    Contest contest = Contest.of("test_acc", null, List.of(DROPOUT, NONE));

    assertThat(contest.baseline()).as("by its name, though it came second").isEqualTo("none");
    assertThat(contest.answer())
        .isEqualTo(
            "dropout helps: test_acc 0.806 ± 0.004 against 0.784 ± 0.006 of none"
                + " (Welch p = 0.0096, 3 runs each)");
    Comparison comparison = contest.compare("dropout");
    assertThat(comparison.verdict()).isEqualTo(Verdict.BETTER);
    assertThat(comparison.percent()).isBetween(2.80, 2.81);
    assertThat(comparison.low()).isPositive();
    assertThat(contest.compare("none")).as("the baseline").isNull();
    assertThat(contest.best()).isEqualTo("dropout");
  }

  @Test
  void lessIsBetterOfALoss() {
    Contest contest =
        Contest.of(
            "test_loss",
            "augmented",
            List.of(entrant("augmented", 0.41, 0.42, 0.43), entrant("adam", 0.61, 0.62, 0.63)));

    assertThat(contest.compare("adam").verdict()).isEqualTo(Verdict.WORSE);
    assertThat(contest.best()).isEqualTo("augmented");
    assertThat(contest.answer())
        .startsWith(
            "adam does not help, it is worse: test_loss 0.620 ± 0.010 against 0.420 ± 0.010");
  }

  @Test
  void aDifferenceWithinTheSpreadOfTheSeedsCannotBeTold() {
    Contest contest =
        Contest.of(
            "test_acc", null, List.of(entrant("a", 0.7, 0.8), entrant("b", 0.72, 0.83, 0.8)));

    assertThat(contest.baseline()).as("the first, where none is called so").isEqualTo("a");
    assertThat(contest.compare("b").verdict()).isEqualTo(Verdict.UNDECIDED);
    assertThat(contest.answer())
        .startsWith("Whether b helps cannot be told: test_acc 0.78 ± 0.06 against 0.75 ± 0.07 of a")
        .endsWith(", 3 and 2 runs)");
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
            "dropout looks better: test_acc 0.8125 against 0.78 of none, but with one run a variant"
                + " there is no spread to judge by");
    assertThat(Contest.of("test_acc", null, List.of(NONE, entrant("x", 0.5))).answer())
        .isEqualTo(
            "x looks worse: test_acc 0.5 against 0.784 ± 0.006 of none, but with one run of x there"
                + " is no spread to judge by");
    assertThat(
            Contest.of("test_acc", null, List.of(entrant("a", 0.5, 0.5), entrant("b", 0.5, 0.5)))
                .answer())
        .isEqualTo(
            "b looks no different: test_acc 0.5 against 0.5 of a, but with runs that do not differ"
                + " there is no spread to judge by");
  }

  @Test
  void ofSeveralTheOneIsToldThatHelpsMost() {
    Contest contest =
        Contest.of(
            "test_acc",
            null,
            List.of(NONE, DROPOUT, entrant("lucky", 0.95), entrant("worse", 0.5, 0.51)));

    assertThat(contest.best()).isEqualTo("lucky");
    assertThat(contest.answer())
        .startsWith("dropout helps: ")
        .endsWith("; 3 variants were compared");
  }

  @Test
  void whatIsNotMeasuredYetIsSaid() {
    Entrant pending = new Entrant("dropout", null);
    assertThat(Contest.of("test_acc", null, List.of(pending)).answer())
        .isEqualTo("No run has completed with a finite test_acc yet");
    assertThat(Contest.of("test_acc", null, List.of(NONE, pending)).answer())
        .isEqualTo(
            "none has test_acc 0.784 ± 0.006 (3 runs); no run of another variant has completed"
                + " with a finite one, to compare with");
    assertThat(Contest.of("test_acc", null, List.of(new Entrant("none", null), DROPOUT)).answer())
        .isEqualTo(
            "dropout has test_acc 0.806 ± 0.004 (3 runs), but no run of none, to compare with, has"
                + " completed with a finite one");
  }

  @Test
  void whetherMoreIsBetterIsKnownByTheMetric() {
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
