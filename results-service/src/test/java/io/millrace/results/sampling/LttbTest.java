package io.millrace.results.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LttbTest {
  private static final double NAN = Double.NaN;

  /**
   * The expected points come from the original code of the algorithm's author (lttb.js of
   * flot-downsample, transcribed to Python). The original code chooses the extremes of these curves
   * too.
   */
  @Test
  void theChosenPointsMatchTheOriginalImplementation() {
    double[] sawtooth = IntStream.range(0, 40).mapToDouble(i -> i * 7_919 % 104 / 8.0).toArray();
    assertThat(places(sawtooth, 12)).containsExactly(0, 3, 6, 8, 13, 16, 20, 23, 28, 34, 35, 39);

    // The largest value is only at place 15, and the smallest only at place 0.
    double[] wild =
        IntStream.range(0, 42).mapToDouble(i -> (i * i * 31 + 7 * i) % 97 / 8.0).toArray();
    assertThat(places(wild, 12)).containsExactly(0, 1, 8, 10, 15, 20, 24, 25, 29, 35, 39, 41);
  }

  @Test
  void theExtremesAreAlwaysKeptWithinTheRequestedNumberOfPoints() {
    for (int seed = 0; seed < 300; seed++) {
      var random = new Random(seed);
      double[] y = random.doubles(4 + random.nextInt(200)).toArray();
      int points = 3 + random.nextInt(30);
      int[] places = places(y, points);
      assertThat(places).as("seed " + seed).hasSizeLessThanOrEqualTo(points).isSorted();
      assertThat(places).doesNotHaveDuplicates().contains(y.length - 1);
      double[] shown = Arrays.stream(places).mapToDouble(place -> y[place]).toArray();
      assertThat(Arrays.stream(shown).min()).isEqualTo(Arrays.stream(y).min());
      assertThat(Arrays.stream(shown).max()).isEqualTo(Arrays.stream(y).max());
      if (points > 3) {
        assertThat(places).contains(0);
      }
    }
  }

  @Test
  void aCurveOfFewPointsIsShownAsItIs() {
    assertThat(places(new double[] {2, NAN, 1}, 3)).containsExactly(0, 1, 2);
    assertThat(places(new double[0], 3)).isEmpty();
    assertThatThrownBy(() -> places(new double[5], 2)).hasMessageContaining("too few");
  }

  @Test
  void aLongGapIsKeptAndASingleMissingValueIsSkipped() {
    var y = new double[100];
    Arrays.setAll(y, i -> i % 7);
    Arrays.fill(y, 50, 100, NAN);
    y[20] = NAN;
    int[] places = places(y, 12);
    assertThat(places).doesNotContain(20);
    assertThat(Arrays.stream(places).filter(place -> place >= 50)).hasSizeBetween(5, 6);
    assertThat(Arrays.stream(places).filter(place -> place < 50).mapToDouble(place -> y[place]))
        .contains(0.0, 6.0)
        .doesNotContain(NAN);
    assertThat(places(filled(NAN), 5)).hasSize(5);
  }

  private static double[] filled(double value) {
    var y = new double[40];
    Arrays.fill(y, value);
    return y;
  }

  private static int[] places(double[] y, int points) {
    return Lttb.places(IntStream.range(0, y.length).asDoubleStream().toArray(), y, points);
  }
}
