package io.millrace.trainer.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contracts.request.Activation;
import io.millrace.contracts.request.Constraint;
import io.millrace.trainer.dl4j.layers.Curve;
import io.millrace.trainer.dl4j.weights.WeightConstraints;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** NaN stays NaN, so that a diverged network is noticed. */
class DivergenceTest {
  @ParameterizedTest
  @EnumSource(
      value = Activation.class,
      names = {"SOFTMAX", "LOG_SOFTMAX", "SOFT_SHRINK", "HARD_SHRINK"},
      mode = EnumSource.Mode.EXCLUDE)
  void anActivationOfNanIsNan(Activation activation) {
    assertThat(Curve.of(activation).value(Double.NaN)).isNaN();
  }

  @Test
  void aConstraintLeavesNanUnchanged() {
    float[] weights = {Float.NaN, -1, 2};
    WeightConstraints.apply(
        new Constraint(Constraint.Kind.NON_NEG, 0, List.of()), weights, new int[] {3});
    assertThat(weights[0]).isNaN();
    assertThat(weights[1]).isZero();
    assertThat(weights[2]).isEqualTo(2);
  }
}
