package io.millrace.augmentation.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

class NaturalSplineTest {
  private static double[] curve(int points, double... values) {
    double[] curve = new double[points];
    new NaturalSpline(values.length).sample(values, curve);
    return curve;
  }

  /** Expected: calculated by hand; the second derivative in the middle is -3. */
  @Example
  void aCurveThroughThreeKnotsIsTheNaturalSpline() {
    assertThat(curve(5, 0, 1, 0))
        .containsExactly(new double[] {0, 0.6875, 1, 0.6875, 0}, within(1e-12));
  }

  /** Expected: {@code scipy.interpolate.CubicSpline(range(5), y, bc_type="natural")}. */
  @Example
  void aCurveThroughFiveKnotsMatchesScipy() {
    assertThat(curve(9, 1, 3, -2, 0, 5))
        .containsExactly(
            new double[] {
              1,
              2.870535714285714,
              3,
              0.513392857142857,
              -2,
              -1.924107142857143,
              0,
              2.433035714285714,
              5
            },
            within(1e-12));
  }

  @Property(tries = 50)
  void theCurveGoesThroughItsKnots(
      @ForAll long seed, @ForAll @IntRange(min = 2, max = 102) int knots) {
    var random = SplitMix64.of(SplitMix64.Use.ORDER, seed, 0, 0);
    double[] values = new double[knots];
    Arrays.setAll(values, i -> random.uniform(-100, 100));
    double[] curve = curve(3 * (values.length - 1) + 1, values);
    for (int i = 0; i < values.length; i++) {
      assertThat(curve[3 * i]).isCloseTo(values[i], within(1e-9));
    }
  }

  @Property(tries = 50)
  void aCurveThroughEqualValuesIsExactlyThatValue(
      @ForAll @DoubleRange(min = -100, max = 100) double value) {
    double[] values = new double[7];
    Arrays.fill(values, value);
    assertThat(curve(101, values))
        .satisfies(c -> assertThat(Arrays.stream(c)).allMatch(v -> v == value));
  }

  @Example
  void aLineStaysALineAndACurveOfOnePointIsTheFirstKnot() {
    assertThat(curve(7, 1, 2, 3, 4))
        .containsExactly(new double[] {1, 1.5, 2, 2.5, 3, 3.5, 4}, within(1e-12));
    assertThat(curve(1, 5, 7, 9)).containsExactly(5);
  }
}
