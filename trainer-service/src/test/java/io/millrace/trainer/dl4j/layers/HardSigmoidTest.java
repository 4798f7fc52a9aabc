package io.millrace.trainer.dl4j.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.contracts.request.Activation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** hard_sigmoid of Keras 1 and 2, and of Keras 3, with numbers computed by hand. */
class HardSigmoidTest {
  @ParameterizedTest
  @CsvSource({
    "HARD_SIGMOID_KERAS2, 1, 0.7, 0.2",
    "HARD_SIGMOID_KERAS2, -2.4, 0.02, 0.2",
    "HARD_SIGMOID_KERAS2, 2.6, 1, 0",
    "HARD_SIGMOID_KERAS2, -2.6, 0, 0",
    "HARD_SIGMOID, 1, 0.6666667, 0.1666667",
    "HARD_SIGMOID, 2.6, 0.9333333, 0.1666667",
    "HARD_SIGMOID, 3.1, 1, 0"
  })
  void hardSigmoidMatchesItsKerasVersion(Activation activation, float x, float value, float slope) {
    Curve curve = Curve.of(activation);
    ScalarFunction gate = ScalarFunction.of(activation);

    assertThat(curve.value(x)).isCloseTo(value, within(1e-6));
    assertThat(curve.slope(x)).isCloseTo(slope, within(1e-6));
    assertThat(gate.value(x)).isCloseTo(value, within(1e-6f));
    assertThat(gate.slope(gate.value(x))).isCloseTo(slope, within(1e-6f));
  }
}
