package io.millrace.results.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class ImportanceTest {
  private static final Offset<Double> CLOSE = within(1e-12);

  /**
   * By hand: group a has the values 1 to 4 (mean 2.5), group b has 5 to 8 (mean 6.5), and the
   * overall mean is 4.5. SSB = 8 · 2² = 32, SSW = 5 + 5 = 10, MSW = 10/6, so (32 - 10/6) / (42 +
   * 10/6) = 91/131.
   */
  @Test
  void theImportanceOfTwoGroupsMatchesAHandCalculation() {
    assertThat(
            Importance.of(
                List.of("a", "a", "a", "a", "b", "b", "b", "b"),
                new double[] {1, 2, 3, 4, 5, 6, 7, 8}))
        .isCloseTo(91.0 / 131, CLOSE);
  }

  /** Both means are 4.5, so SSB = 0, and the formula gives a share below 0. */
  @Test
  void aFieldThatMakesNoDifferenceHasNoImportance() {
    assertThat(
            Importance.of(
                Arrays.asList("a", "b", "b", "a", "a", "b", "b", "a"),
                new double[] {1, 2, 3, 4, 5, 6, 7, 8}))
        .isZero();
  }

  @Test
  void aFieldThatDecidesEverythingHasImportanceOneEvenIfSometimesAbsent() {
    assertThat(
            Importance.of(
                Arrays.asList(null, null, 1.0, 1.0, null, null, 1.0, 1.0),
                new double[] {3, 3, 5, 5, 3, 3, 5, 5}))
        .isEqualTo(1);
  }

  /**
   * Ten numbers form five pairs with the means 1, 3, 5, 7, 9, and the overall mean is 5: SSB = 2 ·
   * (16 + 4 + 0 + 4 + 16) = 80, SSW = 5 · 2 · 0.5² = 2.5, MSW = 2.5/5, so (80 - 4 · 0.5) / (82.5 +
   * 0.5) = 78/83.
   */
  @Test
  void manyDistinctNumbersAreSplitIntoFiveGroupsOfEqualSize() {
    assertThat(
            Importance.of(
                List.of(10.0, 1.0, 9.0, 2.0, 8.0, 3.0, 7.0, 4.0, 6.0, 5.0),
                new double[] {9.5, 0.5, 8.5, 1.5, 7.5, 2.5, 6.5, 3.5, 5.5, 4.5}))
        .isCloseTo(78.0 / 83, CLOSE);
  }

  /** Five of the ten runs have the same number, so they are in one group. */
  @Test
  void equalNumbersStayInOneGroup() {
    assertThat(
            Importance.of(
                List.of(1.0, 1.0, 1.0, 1.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0),
                new double[] {4, 4, 4, 4, 4, 4, 6, 6, 6, 6}))
        .isBetween(0.5, 1.0);
    assertThat(
            Importance.of(
                List.of(1.0, 1.0, 1.0, 1.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0),
                new double[] {1, 2, 3, 4, 5, 3, 3, 3, 3, 3}))
        .as("all spread is within the group of equal numbers")
        .isZero();
  }

  @Test
  void importanceIsUndefinedWithoutEnoughRunsVarianceOrGroups() {
    assertThat(
            Importance.of(
                List.of("a", "a", "a", "b", "b", "b", "b"), new double[] {1, 2, 3, 4, 5, 6, 7}))
        .isNull();
    assertThat(
            Importance.of(
                List.of("a", "a", "a", "a", "b", "b", "b", "b"),
                new double[] {1, 1, 1, 1, 1, 1, 1, 1}))
        .isNull();
    assertThat(
            Importance.of(
                List.of("a", "b", "c", "d", "e", "f", "g", "h"),
                new double[] {1, 2, 3, 4, 5, 6, 7, 8}))
        .isNull();
    assertThat(
            Importance.of(
                List.of("a", "a", "a", "a", "a", "a", "a", "a"),
                new double[] {1, 2, 3, 4, 5, 6, 7, 8}))
        .isNull();
  }
}
