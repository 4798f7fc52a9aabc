package io.millrace.augmentation.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.contracts.request.FillMode;
import org.junit.jupiter.api.Test;

class BorderTest {
  private static final double[] VALUES = {10, 20, 30, 40, 70};

  private static double wrapped(double at) {
    double inside = Border.inside(FillMode.WRAP, at, VALUES.length);
    int low = (int) inside;
    int high = Math.min(low + 1, VALUES.length - 1);
    return VALUES[low] + (inside - low) * (VALUES[high] - VALUES[low]);
  }

  /** Expected: {@code map_coordinates(VALUES, [at], order=1, mode="wrap")} of SciPy 1.17. */
  @Test
  void wrapHasAPeriodOfOneLessThanTheLength() {
    double[] at = {-5, -4.5, -4, -3, -2, -1, -0.5, 0, 4, 4.25, 5, 6, 7, 8, 8.5, 9, 13};
    double[] expected = {40, 55, 70, 20, 30, 40, 55, 10, 70, 12.5, 20, 30, 40, 10, 15, 20, 20};
    for (int i = 0; i < at.length; i++) {
      assertThat(wrapped(at[i])).as("at %s", at[i]).isCloseTo(expected[i], within(1e-9));
    }
  }
}
