package io.millrace.contracts.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.Activation;
import io.millrace.contracts.request.ActivationSpec;
import io.millrace.contracts.request.ModelSpec;
import io.millrace.contracts.request.PreprocessingSpec;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Functional models with branches, as Keras 3 writes them, made by {@code keras/graphs.py}. */
class KerasGraphTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A layer of a plan and the layers that feed it, by name. */
  private record Made(String name, String type, List<String> inputs, boolean trainable) {
    static Made of(JsonNode json) {
      var inputs = new ArrayList<String>();
      json.get("inputs").forEach(name -> inputs.add(name.textValue()));
      return new Made(
          json.get("name").textValue(),
          json.get("type").textValue(),
          inputs,
          json.get("trainable").booleanValue());
    }

    static Made of(NetworkPlan plan, NetworkPlan.Layer layer) {
      return new Made(
          layer.summary().name(),
          layer.spec().type(),
          layer.inputs().stream()
              .map(i -> i < 0 ? "input" : plan.layers().get(i).summary().name())
              .toList(),
          layer.trainable());
    }
  }

  private static JsonNode all() throws IOException {
    try (InputStream file = KerasGraphTest.class.getResourceAsStream("/keras/graphs.json")) {
      return JSON.readTree(file);
    }
  }

  static Stream<JsonNode> models() throws IOException {
    var models = new ArrayList<JsonNode>();
    all().forEach(models::add);
    return models.stream().filter(model -> !name(model).startsWith("refused"));
  }

  private static String name(JsonNode model) {
    return model.get("name").textValue();
  }

  private static JsonNode named(String name) throws IOException {
    for (JsonNode model : all()) {
      if (name(model).equals(name)) {
        return model;
      }
    }
    throw new AssertionError(name);
  }

  private static NetworkPlan plan(JsonNode model, JsonNode keras) {
    var shape = new ArrayList<Integer>();
    model.get("shape").forEach(size -> shape.add(size.intValue()));
    return NetworkPlan.of(read(keras), shape);
  }

  private static ModelSpec read(JsonNode keras) {
    ObjectNode spec = JSON.createObjectNode().set("keras", keras);
    return Messages.readStrictly(spec.toString().getBytes(StandardCharsets.UTF_8), ModelSpec.class);
  }

  @ParameterizedTest
  @MethodSource("models")
  void aGraphIsReadAsTheLayersItWasBuiltFrom(JsonNode model) {
    assertIs(model, plan(model, model.get("keras")));
  }

  private static void assertIs(JsonNode model, NetworkPlan plan) {
    var expected = new ArrayList<Made>();
    model.get("made_of").forEach(layer -> expected.add(Made.of(layer)));
    assertThat(plan.layers().stream().map(layer -> Made.of(plan, layer)))
        .containsExactlyInAnyOrderElementsOf(expected);
    assertThat(plan.parameters()).isEqualTo(model.get("trainable").longValue());
    assertThat(plan.nonTrainableParameters()).isEqualTo(model.get("others").longValue());
  }

  /** The models without operations on a number, which Keras 2 writes differently. */
  static Stream<JsonNode> modelsOfLayers() throws IOException {
    return models().filter(model -> !name(model).equals("numbers"));
  }

  /** Keras 2 writes nodes as lists of {@code [name, node, tensor, arguments]}. */
  @ParameterizedTest
  @MethodSource("modelsOfLayers")
  void aGraphInTheFormatOfKeras2GivesTheSameLayers(JsonNode model) {
    JsonNode keras = model.get("keras").deepCopy();
    toKeras2(keras.get("config"));
    assertIs(model, plan(model, keras));
  }

  private static void toKeras2(JsonNode config) {
    for (JsonNode layer : config.get("layers")) {
      if (layer.path("config").has("layers")) {
        toKeras2(layer.get("config"));
      }
      if (layer.has("inbound_nodes")) {
        ArrayNode nodes = (ArrayNode) layer.get("inbound_nodes");
        for (int i = 0; i < nodes.size(); i++) {
          boolean explicit = layer.get("class_name").textValue().equals("Functional");
          JsonNode training = nodes.get(i).path("kwargs").path("training");
          ArrayNode inputs = JSON.createArrayNode();
          for (JsonNode history : nodes.get(i).findValues("keras_history")) {
            ObjectNode arguments = JSON.createObjectNode();
            if (explicit && training.isBoolean()) {
              arguments.set("training", training);
            }
            inputs.add(((ArrayNode) history.deepCopy()).add(arguments));
          }
          nodes.set(i, inputs);
        }
      }
    }
    for (String end : List.of("input_layers", "output_layers")) {
      JsonNode one = config.path(end);
      if (one.path(0).isTextual()) {
        ((ObjectNode) config).set(end, JSON.createArrayNode().add(one));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void theOrderOfLayersInTheFileDoesNotMatter(JsonNode model) {
    ObjectNode keras = model.get("keras").deepCopy();
    var layers = new ArrayList<JsonNode>();
    keras.at("/config/layers").forEach(layers::add);
    layers.sort(Comparator.comparing(layer -> -layers.indexOf(layer)));
    JsonNode output = layers.remove(0);
    layers.add(output);
    ((ObjectNode) keras.get("config")).set("layers", JSON.createArrayNode().addAll(layers));
    assertIs(model, plan(model, keras));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          refused: shared      | layers[1].inbound_nodes: call the layer 2 times; a layer with weights may be used only once
          refused: two inputs  | layers[1].class_name: is a second input; give one: a data set's samples are one tensor each
          refused: two outputs | output_layers: names 2 layers; give one output
          refused: two series  | layers[2].inbound_nodes: name 2 layers; only self-attention is supported: give the same layer as query, value and key
          refused: causal      | layers[1].inbound_nodes: call the layer with use_causal_mask, which is not supported
          refused: scores      | layers[1].inbound_nodes: call the layer with return_attention_scores, which is not supported
          refused: gate        | layers[1].config.use_gate: true is not supported; give false
          """)
  void aGraphThatCannotBeTrainedIsRefused(String name, String message) throws IOException {
    JsonNode keras = named(name).get("keras");
    assertThatThrownBy(() -> read(keras)).hasMessageStartingWith("keras.config." + message);
  }

  /** The operations are {@code 1.0 - (a + 3.0) * 0.5}, {@code y / 4.0} and {@code y - 2.0}. */
  @Test
  void operationsWithANumberBecomeRescalingLayers() throws IOException {
    assertThat(read(named("numbers").get("keras")).layers())
        .filteredOn(PreprocessingSpec.Rescaling.class::isInstance)
        .extracting(
            layer -> ((PreprocessingSpec.Rescaling) layer).scale(),
            layer -> ((PreprocessingSpec.Rescaling) layer).offset())
        .containsExactly(
            tuple(1.0, 3.0), tuple(0.5, 0.0), tuple(-1.0, 1.0), tuple(0.25, 0.0), tuple(1.0, -2.0));
  }

  @Test
  void aTrainableBatchNormalizationCalledWithTrainingFalseIsRefused() throws IOException {
    JsonNode model = named("transfer");
    ObjectNode keras = model.get("keras").deepCopy();
    ObjectNode base = (ObjectNode) keras.at("/config/layers/1/config");
    base.put("trainable", true);
    base.get("layers").forEach(layer -> ((ObjectNode) layer.get("config")).put("trainable", true));
    assertThatThrownBy(() -> read(keras))
        .hasMessage(
            "keras.config.layers[1].config.layers[2]: BatchNormalization is called with"
                + " training=False, but is trained; leave that argument out, or give trainable"
                + " false");
  }

  @Test
  void anLstmWithDropoutCalledWithTrainingFalseIsRefused() {
    String inner =
        "{'class_name': 'Sequential', 'name': 'inner', 'config': {'layers': ["
            + "{'class_name': 'LSTM', 'config':"
            + " {'units': 2, 'recurrent_dropout': 0.1, 'trainable': false}}]},"
            + " 'inbound_nodes': [[['x', 0, 0, {'training': false}]]]}";
    JsonNode keras = functional("{'name': 'x', 'batch_shape': [null, 5, 1]}", inner, "inner");
    assertThatThrownBy(() -> read(keras))
        .hasMessage(
            "keras.config.layers[1].config.layers[0]: LSTM is called with training=False, but drops"
                + " values in training; leave that argument out, or give dropouts of 0");
  }

  @Test
  void aLayerJoinsAtMost64Inputs() {
    String inputs = String.join(", ", Collections.nCopies(65, "['x', 0, 0, {}]"));
    String sum =
        "{'class_name': 'Add', 'name': 'sum', 'config': {}, 'inbound_nodes': [[" + inputs + "]]}";
    JsonNode keras = functional("{'name': 'x', 'batch_shape': [null, 4]}", sum, "sum");
    assertThatThrownBy(() -> NetworkPlan.of(read(keras), List.of(4)))
        .hasMessage("model.keras.config.layers[1].inbound_nodes: name 65 layers; give 2..64");
  }

  /** {@code tf.nn.relu(1.0 - (a + b) * 128.0)} as TensorFlow 2.3 and 2.13 write it. */
  static Stream<String> operationsOfTensorFlow() {
    String until23 =
        """
        {'class_name': 'TensorFlowOpLayer', 'name': 'sum', 'config': {'name': 'AddV2',
          'node_def': {'name': 'AddV2', 'op': 'AddV2', 'input': ['a/Identity', 'b/Identity']},
          'constants': {}}, 'inbound_nodes': [[['a', 0, 0, {}], ['b', 0, 0, {}]]]},
        {'class_name': 'TensorFlowOpLayer', 'name': 'times', 'config': {'name': 'Mul',
          'node_def': {'name': 'Mul', 'op': 'Mul', 'input': ['AddV2', 'Mul/y']},
          'constants': {'1': 128.0}}, 'inbound_nodes': [[['sum', 0, 0, {}]]]},
        {'class_name': 'TensorFlowOpLayer', 'name': 'less', 'config': {'name': 'sub',
          'node_def': {'name': 'sub', 'op': 'Sub', 'input': ['sub/x', 'Mul']},
          'constants': {'0': 1.0}}, 'inbound_nodes': [[['times', 0, 0, {}]]]},
        {'class_name': 'TensorFlowOpLayer', 'name': 'out', 'config': {'name': 'Relu',
          'node_def': {'name': 'Relu', 'op': 'Relu', 'input': ['sub']},
          'constants': {}}, 'inbound_nodes': [[['less', 0, 0, {}]]]}\
        """;
    String since24 =
        """
        {'class_name': 'TFOpLambda', 'name': 'sum',
          'config': {'name': 'tf.__operators__.add', 'function': '__operators__.add'},
          'inbound_nodes': [['a', 0, 0, {'y': ['b', 0, 0], 'name': null}]]},
        {'class_name': 'TFOpLambda', 'name': 'times',
          'config': {'name': 'tf.math.multiply', 'function': 'math.multiply'},
          'inbound_nodes': [['sum', 0, 0, {'y': 128.0, 'name': null}]]},
        {'class_name': 'TFOpLambda', 'name': 'less',
          'config': {'name': 'tf.math.subtract', 'function': 'math.subtract'},
          'inbound_nodes': [['_CONSTANT_VALUE', -1, 1.0, {'y': ['times', 0, 0], 'name': null}]]},
        {'class_name': 'TFOpLambda', 'name': 'out',
          'config': {'name': 'tf.nn.relu', 'function': 'nn.relu'},
          'inbound_nodes': [['less', 0, 0, {'name': null}]]}\
        """;
    return Stream.of(until23, since24);
  }

  @ParameterizedTest
  @MethodSource("operationsOfTensorFlow")
  void tensorFlowOperationsBecomeLayers(String operations) {
    String dense =
        """
        {'class_name': 'Dense', 'name': '%s', 'config': {'name': '%s', 'units': 2},
          'inbound_nodes': [[['x', 0, 0, {}]]]},\
        """;
    JsonNode keras =
        functional(
            "{'name': 'x', 'batch_input_shape': [null, 4]}",
            dense.formatted("a", "a") + dense.formatted("b", "b") + operations,
            "out");
    NetworkPlan plan = NetworkPlan.of(read(keras), List.of(4));
    assertThat(plan.layers().stream().map(layer -> Made.of(plan, layer)))
        .containsExactly(
            new Made("a", "Dense", List.of("input"), true),
            new Made("b", "Dense", List.of("input"), true),
            new Made("sum", "Add", List.of("a", "b"), true),
            new Made("times", "Rescaling", List.of("sum"), true),
            new Made("less", "Rescaling", List.of("times"), true),
            new Made("out", "Activation", List.of("less"), true));
    assertThat(plan.layers().subList(3, 6))
        .extracting(NetworkPlan.Layer::spec)
        .containsExactly(
            new PreprocessingSpec.Rescaling("times", 128.0, 0.0),
            new PreprocessingSpec.Rescaling("less", -1.0, 1.0),
            new ActivationSpec.ActivationLayer("out", Activation.RELU));
  }

  @Test
  void aWeightlessLayerUsedTwiceBecomesTwoLayers() {
    String layers =
        """
        {'class_name': 'Dropout', 'name': 'd', 'config': {'name': 'd', 'rate': 0.2},
          'inbound_nodes': [[['x', 0, 0, {}]], [['a', 0, 0, {}]]]},
        {'class_name': 'Dense', 'name': 'a', 'config': {'name': 'a', 'units': 2},
          'inbound_nodes': [[['d', 0, 0, {}]]]},
        {'class_name': 'Dense', 'name': 'b', 'config': {'name': 'b', 'units': 2},
          'inbound_nodes': [[['d', 1, 0, {}]]]}\
        """;
    JsonNode keras = functional("{'name': 'x', 'batch_input_shape': [null, 4]}", layers, "b");
    NetworkPlan plan = NetworkPlan.of(read(keras), List.of(4));
    assertThat(plan.layers().stream().map(layer -> Made.of(plan, layer)))
        .containsExactly(
            new Made("d", "Dropout", List.of("input"), true),
            new Made("a", "Dense", List.of("d"), true),
            new Made("dropout", "Dropout", List.of("a"), true),
            new Made("b", "Dense", List.of("dropout"), true));
  }

  @Test
  void anInputThatNoLayerUsesIsIgnored() {
    String layers =
        """
        {'class_name': 'InputLayer', 'name': 'y', 'inbound_nodes': [],
          'config': {'name': 'y', 'batch_input_shape': [null, 3]}},
        {'class_name': 'Dense', 'name': 'a', 'config': {'name': 'a', 'units': 2},
          'inbound_nodes': [[['x', 0, 0, {}]]]}\
        """;
    ObjectNode keras =
        (ObjectNode) functional("{'name': 'x', 'batch_input_shape': [null, 4]}", layers, "a");
    ((ArrayNode) keras.at("/config/input_layers")).addArray().add("y").add(0).add(0);
    assertThat(read(keras).layers()).hasSize(1);
    assertThat(read(keras).inputShape()).containsExactly(4);
  }

  /** A model with an input and another layer, written with single quotes. */
  private static JsonNode functional(String input, String layer, String output) {
    String model =
        "{'class_name': 'Functional', 'config': {'layers': ["
            + "{'class_name': 'InputLayer', 'name': 'x', 'inbound_nodes': [], 'config': "
            + input
            + "}, "
            + layer
            + "], 'input_layers': [['x', 0, 0]], 'output_layers': [['"
            + output
            + "', 0, 0]]}}";
    try {
      return JSON.readTree(model.replace('\'', '"'));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
