package io.millrace.trainer.dl4j.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RationalTanhTest {
  /** Returns numbers from -20 to 20, and numbers of both signs down to a magnitude of 1e-32. */
  private static float[] arguments() {
    float[] arguments = new float[4_100];
    for (int i = 0; i < 4_001; i++) {
      arguments[i] = (i - 2_000) / 100f;
    }
    for (int i = 4_001; i < arguments.length; i++) {
      arguments[i] = (float) ((i % 2 == 0 ? 1 : -1) * Math.pow(10, (4_001 - i) / 3.0));
    }
    return arguments;
  }

  @Test
  void tanhIsExactExceptForTheLastBitsOfAFloat() {
    float[] values = arguments();
    RationalTanh.tanh(values, 0, values.length);
    for (int i = 0; i < values.length; i++) {
      double exact = Math.tanh(arguments()[i]);
      assertThat((double) values[i]).isCloseTo(exact, within(4e-7 * Math.abs(exact) + 1e-38));
    }
  }

  @Test
  void sigmoidIsAccurateAndStaysBetweenZeroAndOne() {
    float[] values = arguments();
    RationalTanh.sigmoid(values, 0, values.length);
    for (int i = 0; i < values.length; i++) {
      assertThat((double) values[i]).isBetween(0.0, 1.0);
      assertThat((double) values[i]).isCloseTo(1 / (1 + Math.exp(-arguments()[i])), within(2e-7));
    }
  }

  @Test
  void tanhOfNanIsNanAndTanhOfInfinityIsOne() {
    float[] values = {1, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
    RationalTanh.tanh(values, 1, 4);
    assertThat(values[0]).isEqualTo(1);
    assertThat(values[1]).isNaN();
    assertThat(values[2]).isEqualTo(1, within(4e-7f));
    assertThat(values[3]).isEqualTo(-1, within(4e-7f));
  }
}
