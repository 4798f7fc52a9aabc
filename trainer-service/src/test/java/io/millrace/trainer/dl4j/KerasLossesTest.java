package io.millrace.trainer.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.LossSpec;
import io.millrace.trainer.network.OutputLoss;
import java.io.IOException;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Compares losses and gradients with Keras' numbers from {@code keras_losses.py}. */
class KerasLossesTest {
  private static final int OUTPUTS = 3;

  static Stream<JsonNode> cases() throws IOException {
    var file = KerasLossesTest.class.getResourceAsStream("keras_losses.json");
    return StreamSupport.stream(new ObjectMapper().readTree(file).spliterator(), false);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void lossAndGradientMatchKerasWithAndWithoutWeights(JsonNode given) {
    LossSpec spec = Messages.readStrictly(given.get("loss").toString().getBytes(), LossSpec.class);
    var loss = new OutputLoss(spec, OUTPUTS);
    float[] p = floats(given.get("outputs"));
    float[] y = floats(given.get("labels"));
    float[] weights = given.get("weights").isNull() ? null : floats(given.get("weights"));
    double value = given.get("value").doubleValue();

    assertThat(loss.mean(p, y, weights)).isCloseTo(value, within(1e-6 + 1e-5 * value));
    float[] gradient = loss.gradient(p, y, weights);
    for (int i = 0; i < gradient.length; i++) {
      double expected = given.get("gradient").get(i).doubleValue();
      assertThat((double) gradient[i])
          .as("output %d", i)
          .isCloseTo(expected, within(1e-6 + 1e-5 * Math.abs(expected)));
    }
  }

  private static float[] floats(JsonNode numbers) {
    float[] floats = new float[numbers.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = numbers.get(i).floatValue();
    }
    return floats;
  }
}
