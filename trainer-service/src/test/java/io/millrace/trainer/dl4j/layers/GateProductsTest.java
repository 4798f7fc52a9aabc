package io.millrace.trainer.dl4j.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.RecurrentSpec;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Tests the dropout in gate products; the cases of KerasLayersTest test the rest. */
class GateProductsTest {
  private static final int GATES = 4;
  private static final int BATCH = 250;
  private static final int UNITS = 40;

  private static final String LSTM =
      "{\"type\":\"LSTM\",\"units\":40,\"dropout\":0.1,\"recurrent_dropout\":0.3}";

  private static float[][] masks(String json, boolean states, long seed, Stage.Pass pass) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    var cell = (RecurrentSpec.Cell) Messages.readStrictly(bytes, RecurrentSpec.class);
    var masks = new float[GATES][BATCH * UNITS];
    try (var products =
        states
            ? GateProducts.ofState(cell, GATES, seed)
            : GateProducts.ofInputs(cell, GATES, seed)) {
      products.begin(pass, BATCH, UNITS);
      for (int gate = 0; gate < GATES; gate++) {
        for (int i = 0; i < masks[gate].length; i++) {
          masks[gate][i] = products.factor(gate, i);
        }
      }
    }
    return masks;
  }

  private static float[][] masks(long seed, long step) {
    return masks(LSTM, true, seed, new Stage.Pass(true, step));
  }

  @Test
  void eachGateDropsItsShareAndScalesTheRest() {
    for (float[] mask : masks(1, 0)) {
      int dropped = 0;
      for (float factor : mask) {
        assertThat(factor).isIn(0f, 1 / 0.7f);
        dropped += factor == 0 ? 1 : 0;
      }
      // The tolerance is five standard deviations of a binomial share.
      assertThat((double) dropped / mask.length)
          .isCloseTo(0.3, within(5 * Math.sqrt(0.21 / mask.length)));
    }
  }

  @Test
  void masksOfGatesInputsAndStatesAreIndependent() {
    float[][] states = masks(1, 0);
    float[][] inputs = masks(LSTM, false, 1, new Stage.Pass(true, 0));
    assertThat(both(states[0], states[1])).isCloseTo(0.09, within(0.02));
    assertThat(both(states[0], inputs[0])).isCloseTo(0.03, within(0.01));
  }

  private static double both(float[] a, float[] b) {
    int dropped = 0;
    for (int i = 0; i < a.length; i++) {
      dropped += a[i] == 0 && b[i] == 0 ? 1 : 0;
    }
    return (double) dropped / a.length;
  }

  @Test
  void seedAndStepDecideWhatIsDropped() {
    assertThat(masks(1, 3)).isDeepEqualTo(masks(1, 3));
    assertThat(masks(1, 3)[0]).isNotEqualTo(masks(1, 4)[0]);
    assertThat(masks(1, 3)[0]).isNotEqualTo(masks(2, 3)[0]);
  }

  @Test
  void evaluationDropsNothing() {
    for (float[] mask : masks(LSTM, true, 1, new Stage.Pass(false, 0))) {
      assertThat(mask).containsOnly(1f);
    }
  }

  @Test
  void gatesDropNoInputsWithoutRecurrentDropout() {
    String json = "{\"type\":\"LSTM\",\"units\":40,\"dropout\":0.1}";
    for (float[] mask : masks(json, false, 1, new Stage.Pass(true, 0))) {
      assertThat(mask).containsOnly(1f);
    }
  }
}
