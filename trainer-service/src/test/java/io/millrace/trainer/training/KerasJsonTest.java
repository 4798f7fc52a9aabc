package io.millrace.trainer.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.network.NetworkPlan;
import io.millrace.contracts.request.LayerEntry;
import io.millrace.contracts.request.ModelSpec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A network's JSON for Keras, read as a user's model, describes the same network. */
class KerasJsonTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  static Stream<JsonNode> networks() throws IOException {
    var networks = new ArrayList<JsonNode>();
    for (String name : List.of("layers", "training")) {
      try (InputStream file = KerasJsonTest.class.getResourceAsStream("/keras/" + name + ".json")) {
        JSON.readTree(file)
            .forEach(
                network ->
                    networks.add(
                        ((ObjectNode) network.deepCopy())
                            .retain("name", "layers", "keras", "input_shape")));
      }
    }
    return networks.stream();
  }

  @ParameterizedTest
  @MethodSource("networks")
  void theJsonOfANetworkReadsBackAsTheSameNetwork(JsonNode network) {
    var layers = new ArrayList<LayerEntry>();
    network.get("layers").forEach(l -> layers.add(Messages.readStrictly(l, LayerEntry.class)));
    ModelSpec given =
        network.has("keras")
            ? new ModelSpec(null, network.get("keras"), null)
            : new ModelSpec(layers, null, null);
    var shape = new ArrayList<Integer>();
    network.get("input_shape").forEach(size -> shape.add(size.intValue()));
    NetworkPlan plan = NetworkPlan.of(given, shape);

    ObjectNode model = JSON.createObjectNode().put("keras", KerasJson.of(plan));
    ModelSpec read =
        Messages.readStrictly(model.toString().getBytes(StandardCharsets.UTF_8), ModelSpec.class);
    NetworkPlan again = NetworkPlan.of(read, read.inputShape());

    assertThat(again.inputShape()).isEqualTo(plan.inputShape());
    assertThat(again.layers())
        .extracting(
            NetworkPlan.Layer::summary,
            NetworkPlan.Layer::inputs,
            NetworkPlan.Layer::trainable,
            NetworkPlan.Layer::weights)
        .isEqualTo(
            plan.layers().stream()
                .map(
                    layer ->
                        tuple(layer.summary(), layer.inputs(), layer.trainable(), layer.weights()))
                .toList());
  }
}
