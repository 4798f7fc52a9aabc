package io.millrace.results.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class ClassScoresTest {
  private static final Offset<Double> EXACT = within(1e-12);

  /**
   * The expected values come from {@code classification_report(…, zero_division=0)} of scikit-learn
   * 1.9.1.
   */
  @Test
  void classScoresMatchScikitLearn() {
    ClassScores scores =
        ClassScores.of(
            List.of("bag", "coat", "shoe"), new long[][] {{10, 2, 0}, {3, 9, 0}, {1, 4, 0}});

    assertThat(scores.classes())
        .extracting(ClassScores.Score::name)
        .containsExactly("bag", "coat", "shoe");
    check(scores.classes().get(0), 0.7142857142857143, 0.8333333333333334, 0.7692307692307693, 12);
    check(scores.classes().get(1), 0.6, 0.75, 0.6666666666666666, 12);
    check(scores.classes().get(2), 0, 0, 0, 5);
    check(scores.macro(), 0.4380952380952381, 0.5277777777777778, 0.47863247863247865, 29);
    check(scores.weighted(), 0.5438423645320196, 0.6551724137931034, 0.5941644562334218, 29);
  }

  private static void check(
      ClassScores.Score score, double precision, double recall, double f1, long support) {
    assertThat(score.precision()).isCloseTo(precision, EXACT);
    assertThat(score.recall()).isCloseTo(recall, EXACT);
    assertThat(score.f1()).isCloseTo(f1, EXACT);
    assertThat(score.support()).isEqualTo(support);
  }
}
