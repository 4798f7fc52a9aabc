package io.millrace.results.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** The numbers of a drawn curve, apart from the choice of its points. */
class SamplingTest {
  private static final Offset<Double> EXACT = within(1e-12);
  private static final double NAN = Double.NaN;

  /**
   * The expected values come from {@code ewm(alpha=0.4, adjust=True).mean()} of pandas 3.0.6. They
   * equal TensorBoard's average with bias correction.
   */
  @Test
  void smoothingMatchesTensorBoard() {
    assertThat(Smoothing.ofWeight(0.6, new double[] {3.0, 1.0, 4.0, 1.5, 9.0}))
        .containsExactly(
            new double[] {
              3.0, 1.7499999999999998, 2.8979591836734695, 2.2555147058823524, 5.180777238029146
            },
            EXACT);
    assertThat(Smoothing.ofWeight(0, new double[] {3, 1})).containsExactly(3, 1);
  }

  @Test
  void aNonFiniteValueIsNeitherSmoothedNorCounted() {
    assertThat(Smoothing.ofWeight(0.5, new double[] {NAN, 4, NAN, 1}))
        .containsExactly(new double[] {NAN, 4, NAN, 2}, EXACT);
  }

  @Test
  void anExcerptIsSmoothedOverAllEarlierPoints() {
    double[] x = IntStream.range(0, 1_000).asDoubleStream().toArray();
    double[] y = IntStream.range(0, 1_000).mapToDouble(i -> 1.0 / (1 + i) + i % 3).toArray();
    double[] all = Smoothing.ofWeight(0.9, y);

    Excerpt.Shown shown = new Excerpt(50, 0.9, 200, 600).of(x, y);

    assertThat(shown.total()).isEqualTo(400);
    assertThat(shown.x()).hasSizeLessThanOrEqualTo(50).startsWith(200).endsWith(599);
    for (int i = 0; i < shown.places().length; i++) {
      assertThat(shown.smoothed()[i]).isEqualTo(all[shown.places()[i]]);
      assertThat(shown.y()[i]).isEqualTo(y[(int) shown.x()[i]]);
    }
    assertThat(new Excerpt(50, null, 2_000, 3_000).of(x, y).total()).isZero();
  }

  @Test
  void numbersHaveSixSignificantDigits() {
    assertThat(Significant.column(new double[] {0.123456789, 1234567.8, 3, NAN, 1e-9 / 3}))
        .containsExactly(0.123457, 1_234_570.0, 3L, null, 3.33333e-10);
    assertThat(Significant.column(null)).isNull();
  }

  @Test
  void theTimesOfStepsAreInterpolatedAndExtrapolatedFromEpochEnds() {
    var time = new RunTime(new double[] {10, 20}, new double[] {5, 25});

    assertThat(time.at(new long[] {0, 4, 9, 14, 19, 24}))
        .containsExactly(new double[] {0.5, 2.5, 5, 15, 25, 35}, EXACT);
    assertThat(new RunTime(new double[0], new double[0]).isUnknown()).isTrue();
  }

  @Test
  void aBandHasTheSpreadOfTheCurvesAvailableAtEachPoint() {
    var band = new Band(new double[] {0, 1, 2});
    band.add(new double[] {1, 2, NAN});
    band.add(new double[] {3, NAN, NAN});
    band.add(new double[] {8, 6, NAN});

    Band.Points points = band.points();

    assertThat(points.x()).containsExactly(0, 1);
    assertThat(points.n()).containsExactly(3, 2);
    assertThat(points.mean()).containsExactly(new double[] {4, 4}, EXACT);
    // The variance of 1, 3, 8 is (9 + 1 + 16) / 2, and the variance of 2, 6 is (4 + 4) / 1.
    assertThat(points.std()).containsExactly(new double[] {Math.sqrt(13), Math.sqrt(8)}, EXACT);
    assertThat(points.away(-1)[1]).isCloseTo(4 - Math.sqrt(8), EXACT);
    assertThat(points.min()).containsExactly(1, 2);
    assertThat(points.max()).containsExactly(8, 6);
  }

  @Test
  void aValueRepresentingManyStepsIsSmoothedLikeThoseSteps() {
    double[] each = {1, 1, 1, NAN, 4, 4, -2};

    double[] smoothed =
        Smoothing.ofWeight(0.7, new double[] {1, NAN, 4, -2}, new int[] {3, 0, 2, 1});

    double[] expected = Smoothing.ofWeight(0.7, each);
    assertThat(smoothed)
        .containsExactly(new double[] {expected[2], NAN, expected[5], expected[6]}, EXACT);
  }

  @Test
  void stepsAreAveragedInGroupsAndTimesAreInterpolated() {
    assertThat(Band.steps(0, 10, 4, 1)).containsExactly(2, 5, 8, 9);
    assertThat(Band.steps(0, 3, 100, 1)).containsExactly(0, 1, 2);
    assertThat(Band.steps(35, 201, 100, 32)).containsExactly(63, 95, 127, 159, 191, 200);
    assertThat(Band.steps(35, 201, 3, 32)).containsExactly(95, 159, 200);
    assertThat(Band.steps(5, 5, 4, 1)).isEmpty();
    assertThat(Band.grid(0, 10, 4)).containsExactly(2.5, 5, 7.5, 10);
    assertThat(Band.grid(5, 5, 4)).isEmpty();

    var means = new Band(Band.steps(0, 4, 2, 1));
    means.addMeans(new double[] {0, 1, 2, 3}, new double[] {1, 3, NAN, 7}, new int[] {1, 1, 1, 1});
    assertThat(means.points().mean()).containsExactly(2, 7);

    var counted = new Band(Band.steps(0, 64, 1, 32));
    counted.addMeans(new double[] {31, 63}, new double[] {1, 3}, new int[] {32, 16});
    assertThat(counted.points().mean()).containsExactly(5.0 / 3);

    var lines = new Band(new double[] {1, 2, 3, 5});
    lines.addLines(new double[] {2, 4}, new double[] {10, 20});
    assertThat(lines.points().x()).containsExactly(2, 3);
    assertThat(lines.points().mean()).containsExactly(10, 15);
    assertThat(Arrays.stream(lines.points().std())).containsOnly(NAN);
  }
}
