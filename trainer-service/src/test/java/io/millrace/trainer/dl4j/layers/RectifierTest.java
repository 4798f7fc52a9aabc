package io.millrace.trainer.dl4j.layers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The methods for whole arrays return the same bits as those for single numbers. */
class RectifierTest {
  private static final float[] NUMBERS = {
    0f,
    -0f,
    1f,
    -1f,
    1e-45f,
    -1e-45f,
    3e38f,
    -3e38f,
    Float.POSITIVE_INFINITY,
    Float.MIN_NORMAL,
    -Float.MIN_NORMAL,
    0.3f,
    -0.7f
  };

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void arraysGiveTheSameResultsAsSingleNumbers(boolean keepsSign) {
    var rectifier = new Rectifier(keepsSign);
    float[] values = new float[NUMBERS.length];
    float[] gradients = new float[NUMBERS.length];
    Arrays.fill(gradients, -2.5f);
    rectifier.values(NUMBERS, values);
    rectifier.multiplySlopes(NUMBERS, gradients);
    for (int i = 0; i < NUMBERS.length; i++) {
      assertThat(Float.floatToRawIntBits(values[i]))
          .as("value at %s", NUMBERS[i])
          .isEqualTo(Float.floatToRawIntBits((float) rectifier.value(NUMBERS[i])));
      assertThat(Float.floatToRawIntBits(gradients[i]))
          .as("slope at %s", NUMBERS[i])
          .isEqualTo(Float.floatToRawIntBits(-2.5f * (float) rectifier.slope(NUMBERS[i])));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theRectifierKeepsNan(boolean keepsSign) {
    float[] value = new float[2];
    new Rectifier(keepsSign)
        .values(new float[] {Float.NaN, Float.intBitsToFloat(0xFFC00000)}, value);
    assertThat(value).containsOnly(Float.NaN);
  }
}
