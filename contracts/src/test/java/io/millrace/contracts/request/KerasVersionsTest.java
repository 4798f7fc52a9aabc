package io.millrace.contracts.request;

import static io.millrace.contracts.ExampleRequests.SMALL;
import static io.millrace.contracts.ExampleRequests.tree;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.network.NetworkPlan;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names and meanings of earlier Keras versions, and the forms of their files. */
class KerasVersionsTest {
  /** The fields have the names and the order of Keras 1.2.2's {@code to_json()}. */
  private static final String KERAS_1 =
      """
      {"class_name": "Sequential", "keras_version": "1.2.2", "config": [
       {"class_name": "Convolution2D", "config": {"W_constraint": {"m": 4, "name": "MaxNorm", "axis": 0},
         "b_constraint": null, "name": "first", "activity_regularizer": null, "trainable": true, "dim_ordering": "tf",
         "nb_col": 2, "subsample": [1, 2], "init": "he_normal", "bias": true, "nb_filter": 4, "border_mode": "same",
         "batch_input_shape": [null, 20, 18, 3], "input_dtype": "float32", "b_regularizer": null,
         "W_regularizer": {"l2": 0.5, "name": "WeightRegularizer", "l1": 0.0}, "activation": "relu", "nb_row": 3}},
       {"class_name": "BatchNormalization", "config": {"gamma_regularizer": null, "name": "second", "epsilon": 0.01,
         "trainable": true, "mode": 0, "beta_regularizer": null, "momentum": 0.9, "axis": 3}},
       {"class_name": "MaxPooling2D", "config": {"name": "third", "trainable": true, "dim_ordering": "tf",
         "pool_size": [2, 2], "strides": [2, 2], "border_mode": "valid"}},
       {"class_name": "Dropout", "config": {"p": 0.25, "trainable": true, "name": "fourth"}},
       {"class_name": "Flatten", "config": {"trainable": true, "name": "fifth"}},
       {"class_name": "Dense", "config": {"W_constraint": null, "b_constraint": null, "name": "sixth",
         "activity_regularizer": null, "trainable": true, "init": "uniform", "bias": true, "input_dim": null,
         "b_regularizer": null, "W_regularizer": null, "activation": "softmax", "output_dim": 2}}]}
      """;

  private static final String RECURRENT_1 =
      """
      {"class_name": "Sequential", "keras_version": "1.1.0", "config": [
       {"class_name": "LSTM", "config": {"inner_activation": "hard_sigmoid", "trainable": true,
         "inner_init": "orthogonal", "output_dim": 4, "unroll": false, "consume_less": "cpu", "init": "glorot_uniform",
         "dropout_U": 0.0, "input_dtype": "float32", "batch_input_shape": [null, 5, 1], "input_length": null,
         "dropout_W": 0.5, "activation": "tanh", "stateful": false, "b_regularizer": null, "U_regularizer": null,
         "name": "lstm_1", "go_backwards": false, "input_dim": 1, "return_sequences": false, "W_regularizer": null,
         "forget_bias_init": "one"}}]}
      """;

  private static ModelSpec parse(JsonNode keras) {
    ObjectNode request = (ObjectNode) tree(SMALL);
    request.putObject("model").set("keras", keras);
    return Messages.readRequest(request.toString().getBytes(StandardCharsets.UTF_8)).model();
  }

  private static List<LayerSpec> layers(String json) {
    var layers = new ArrayList<LayerSpec>();
    tree(json).forEach(layer -> layers.add(Messages.readStrictly(layer, LayerSpec.class)));
    return layers;
  }

  @Test
  void aModelWithTheFieldNamesOfKeras1IsRead() {
    ModelSpec model = parse(tree(KERAS_1));

    assertThat(model.layers())
        .isEqualTo(
            layers(
                """
                [{"type": "Conv2D", "name": "first", "filters": 4, "kernel_size": [3, 2], "strides": [1, 2],
                  "padding": "same", "activation": "relu",
                  "kernel_initializer":
                    {"type": "VarianceScaling", "scale": 2, "mode": "fan_in", "distribution": "untruncated_normal"},
                  "kernel_regularizer": {"type": "L1L2", "l2": 0.5},
                  "kernel_constraint": {"type": "MaxNorm", "max_value": 4}},
                 {"type": "BatchNormalization", "name": "second", "epsilon": 0.01, "momentum": 0.9},
                 {"type": "MaxPooling2D", "name": "third", "pool_size": 2},
                 {"type": "Dropout", "name": "fourth", "rate": 0.25},
                 {"type": "Flatten", "name": "fifth"},
                 {"type": "Dense", "name": "sixth", "units": 2, "activation": "softmax",
                  "kernel_initializer": "random_uniform"}]
                """));
    assertThat(model.inputShape()).containsExactly(20, 18, 3);
  }

  @Test
  void aRecurrentLayerOfKeras1IsReadWithTheMeaningsOfKeras1() {
    assertThat(parse(tree(RECURRENT_1)).layers())
        .isEqualTo(
            layers(
                """
                [{"type": "LSTM", "name": "lstm_1", "units": 4, "dropout": 0.5,
                  "recurrent_activation": "hard_sigmoid_keras2",
                  "recurrent_initializer": {"type": "Orthogonal", "gain": 1.1}}]
                """));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          0 | nb_filter      | 0                     | nb_filter: 0 is out of range; give 1..4096
          0 | nb_col         | 0                     | nb_col: 0 is out of range; give 1..255
          0 | border_mode    | 'full'                | border_mode: 'full' is not known; give one of valid, same
          0 | dim_ordering   | 'default'             | dim_ordering: 'default' is not supported; use 'tf' or 'th'
          0 | W_regularizer  | {'name':'EigenvalueRegularizer','k':2} | W_regularizer.type: 'EigenvalueRegularizer' is not known
          1 | mode           | 2                     | mode: 2 is not supported; give 0, which normalizes each feature
          3 | p              | 1                     | p: 1 is out of range
          5 | output_dim     | 0                     | output_dim: 0 is out of range; give 1..65536
          5 | bias           | 3                     | bias: 3 is not true or false
          """)
  void anErrorInAModelOfKeras1UsesTheFieldNameOfTheFile(
      int layer, String field, String value, String message) {
    ObjectNode model = (ObjectNode) tree(KERAS_1);
    ((ObjectNode) model.at("/config/" + layer + "/config"))
        .set(field, tree(value.replace('\'', '"')));

    assertThatThrownBy(() -> parse(model))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessageStartingWith("model.keras.config[" + layer + "].config." + message);
  }

  /** A model with a Merge layer, as Keras 1.1.2 writes it. */
  private static JsonNode merged(String mode, String type) {
    return tree(
        """
        {"class_name": "Model", "keras_version": "1.1.2", "config": {"name": "model_1", "layers": [
         {"class_name": "InputLayer", "name": "in", "inbound_nodes": [],
          "config": {"batch_input_shape": [null, 4], "input_dtype": "float32", "sparse": false, "name": "in"}},
         {"class_name": "Dense", "name": "a", "inbound_nodes": [[["in", 0, 0]]],
          "config": {"name": "a", "output_dim": 3}},
         {"class_name": "Dense", "name": "b", "inbound_nodes": [[["in", 0, 0]]],
          "config": {"name": "b", "output_dim": 3}},
         {"class_name": "Merge", "name": "merge_1", "inbound_nodes": [[["a", 0, 0], ["b", 0, 0]]],
          "config": {"name": "merge_1", "concat_axis": -1, "mode_type": "TYPE", "dot_axes": -1,
           "output_mask_type": "raw", "arguments": {}, "output_mask": null, "mode": "MODE",
           "output_shape": null, "output_shape_type": "raw"}}],
         "input_layers": [["in", 0, 0]], "output_layers": [["merge_1", 0, 0]]}}
        """
            .replace("TYPE", type)
            .replace("MODE", mode));
  }

  @ParameterizedTest
  @CsvSource({
    "sum, Add, 3",
    "mul, Multiply, 3",
    "ave, Average, 3",
    "max, Maximum, 3",
    "concat, Concatenate, 6"
  })
  void aMergeLayerOfKeras1BecomesTheLayerOfItsMode(String mode, String type, int size) {
    ModelSpec model = parse(merged(mode, "raw"));

    assertThat(model.layers().get(2))
        .isEqualTo(layers("[{\"type\": \"%s\", \"name\": \"merge_1\"}]".formatted(type)).get(0));
    NetworkPlan plan = NetworkPlan.of(model, List.of(4));
    assertThat(plan.layers().get(2).outputShape()).containsExactly(size);
    assertThat(plan.parameters()).isEqualTo(2 * (4 * 3 + 3));
  }

  @ParameterizedTest
  @CsvSource({"cos, raw", "dot, raw", "sum, lambda"})
  void aMergeLayerWithAnUnsupportedModeIsRefused(String mode, String type) {
    assertThatThrownBy(() -> parse(merged(mode, type)))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessage(
            "model.keras.config.layers[3].config.mode: '"
                + mode
                + "' is not supported; give one of sum, mul, ave, max, concat");
  }

  @Test
  void aMergeLayerWithItsOwnBranchesIsRefused() {
    JsonNode model =
        tree(
            """
            {"class_name": "Sequential", "keras_version": "1.2.2", "config": [
             {"class_name": "Merge", "config": {"name": "merge_1", "mode": "concat", "mode_type": "raw", "layers": [
              {"class_name": "Sequential", "config": []}, {"class_name": "Sequential", "config": []}]}}]}
            """);

    assertThatThrownBy(() -> parse(model))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessage(
            "model.keras.config[0].config.layers: are branches with separate inputs; give a"
                + " Functional model with one input");
  }

  @ParameterizedTest
  @CsvSource({"CuDNNLSTM, LSTM, ''", "CuDNNGRU, GRU, ', \"reset_after\": true'"})
  void aGpuOnlyRecurrentLayerIsReadAsTheOrdinaryLayer(String type, String read, String field) {
    JsonNode model =
        tree(
            """
            {"class_name": "Sequential", "keras_version": "2.2.4", "config": {"name": "s", "layers": [
             {"class_name": "%s", "config": {"name": "r", "trainable": true, "batch_input_shape": [null, 300, 6],
              "dtype": "float32", "return_sequences": false, "return_state": false, "go_backwards": false,
              "stateful": false, "units": 4, "bias_constraint": null}}]}}
            """
                .formatted(type));

    assertThat(parse(model).layers())
        .isEqualTo(
            layers(
                """
                [{"type": "%s", "name": "r", "units": 4, "activation": "tanh",
                  "recurrent_activation": "sigmoid"%s}]
                """
                    .formatted(read, field)));
  }

  @ParameterizedTest
  @CsvSource({
    "1.2.2, hard_sigmoid_keras2",
    "2.2.4-tf, hard_sigmoid_keras2",
    "tfjs-layers 3.9.0, hard_sigmoid_keras2",
    "3.15.1, hard_sigmoid"
  })
  void hardSigmoidHasTheMeaningOfTheKerasVersion(String version, String meant) {
    JsonNode model =
        tree(
            """
            {"class_name": "Sequential", "keras_version": "%s", "config": {"layers": [
              {"class_name": "Activation", "config": {"activation": "hard_sigmoid"}}]}}
            """
                .formatted(version));

    assertThat(parse(model).layers())
        .isEqualTo(layers("[{\"type\": \"Activation\", \"activation\": \"" + meant + "\"}]"));
  }

  /** Three gates of 4 units over 1 feature: 3 (4 + 16 + 4), or with two biases 3 (4 + 16 + 8). */
  @ParameterizedTest
  @CsvSource({"1.2.2, output_dim, 72", "2.1.6, units, 72", "2.4.0, units, 72", "3.15.1, units, 84"})
  void theDefaultOfResetAfterDependsOnTheKerasVersion(String version, String units, long weights) {
    JsonNode model =
        tree(
            """
            {"class_name": "Sequential", "keras_version": "%s", "config": {"layers": [
              {"class_name": "GRU", "config": {"%s": 4}}]}}
            """
                .formatted(version, units));

    assertThat(NetworkPlan.of(parse(model), List.of(5, 1)).parameters()).isEqualTo(weights);
    ObjectNode gru = (ObjectNode) model.at("/config/layers/0/config");
    gru.put("reset_after", true);
    assertThat(NetworkPlan.of(parse(model), List.of(5, 1)).parameters()).isEqualTo(84);
  }

  @Test
  void aMissingKerasVersionIsInferredFromTheFields() {
    ObjectNode first = (ObjectNode) tree(KERAS_1);
    first.remove("keras_version");
    ObjectNode second =
        (ObjectNode)
            tree(
                """
                {"class_name": "Sequential", "config": {"layers": [
                  {"class_name": "LSTM", "config": {"units": 4, "batch_input_shape": [null, 5, 1],
                    "recurrent_activation": "hard_sigmoid"}}]}}
                """);

    assertThat(parse(first)).extracting(ModelSpec::layers).isEqualTo(parse(tree(KERAS_1)).layers());
    assertThat(parse(second).layers())
        .isEqualTo(
            layers(
                """
                [{"type": "LSTM", "units": 4, "recurrent_activation": "hard_sigmoid_keras2"}]
                """));
  }

  @Test
  void aLayersModelOfTensorFlowJsIsRead() {
    ObjectNode file = (ObjectNode) tree("{\"format\": \"layers-model\", \"weightsManifest\": []}");
    ObjectNode topology = file.putObject("modelTopology").put("keras_version", "2.4.0");
    topology.set("model_config", ((ObjectNode) tree(KERAS_1)).without("keras_version"));
    ObjectNode dense = (ObjectNode) topology.at("/model_config/config/5/config");
    dense.put("units", 2).remove(List.of("output_dim", "init", "bias", "input_dim"));
    dense.remove(
        List.of("W_regularizer", "b_regularizer", "W_constraint", "b_constraint", "trainable"));
    ArrayNode layers = (ArrayNode) topology.at("/model_config/config");
    layers.removeIf(layer -> !layer.path("class_name").asText().matches("Flatten|Dense"));

    assertThat(parse(file).layers())
        .isEqualTo(
            layers(
                """
                [{"type": "Flatten", "name": "fifth"},
                 {"type": "Dense", "name": "sixth", "units": 2, "activation": "softmax"}]
                """));
    ((ObjectNode) layers.get(1).get("config")).put("units", 0);
    assertThatThrownBy(() -> parse(file))
        .hasMessageStartingWith(
            "model.keras.modelTopology.model_config.config[1].config.units: 0 is out of range");
  }

  @Test
  void aGraphModelOfTensorFlowJsIsRefused() {
    JsonNode file =
        tree("{\"format\": \"graph-model\", \"modelTopology\": {\"node\": [], \"library\": {}}}");

    assertThatThrownBy(() -> parse(file))
        .hasMessageStartingWith(
            "model.keras.modelTopology: is a graph model, which has operations instead of layers;"
                + " give the layers model");
  }

  /** The names are those of {@code DenseNet121} of Keras 2. */
  @Test
  void slashesInLayerNamesBecomeUnderscoresAsInKeras3() {
    JsonNode model =
        tree(
            """
            {"class_name": "Model", "keras_version": "2.3.0-tf", "config": {"name": "m", "layers": [
             {"class_name": "InputLayer", "name": "in", "inbound_nodes": [],
              "config": {"batch_input_shape": [null, 4], "dtype": "float32", "name": "in"}},
             {"class_name": "Dense", "name": "conv1/conv", "inbound_nodes": [[["in", 0, 0, {}]]],
              "config": {"name": "conv1/conv", "units": 3}},
             {"class_name": "Dense", "name": "conv1/bn", "inbound_nodes": [[["conv1/conv", 0, 0, {}]]],
              "config": {"name": "conv1/bn", "units": 2}}],
             "input_layers": [["in", 0, 0]], "output_layers": [["conv1/bn", 0, 0]]}}
            """);

    assertThat(parse(model).layers())
        .isEqualTo(
            layers(
                """
                [{"type": "Dense", "name": "conv1_conv", "units": 3},
                 {"type": "Dense", "name": "conv1_bn", "units": 2}]
                """));
  }

  @Test
  void nestedModelsAreReplacedByTheirLayers() {
    JsonNode model =
        tree(
            """
            {"class_name": "Sequential", "keras_version": "2.8.0", "config": {"name": "outer", "layers": [
              {"class_name": "Sequential", "config": {"name": "inner", "layers": [
                {"class_name": "InputLayer", "config": {"batch_input_shape": [null, 12], "name": "x"}},
                {"class_name": "Dense", "config": {"name": "dense", "units": 3}}]}},
              {"class_name": "Functional", "config": {"name": "head", "layers": [
                {"class_name": "InputLayer", "name": "y", "config": {"batch_input_shape": [null, 3], "name": "y"},
                 "inbound_nodes": []},
                {"class_name": "Dense", "name": "dense", "config": {"name": "dense", "units": 2},
                 "inbound_nodes": [[["y", 0, 0, {}]]]}],
                "input_layers": [["y", 0, 0]], "output_layers": [["dense", 0, 0]]}}]}}
            """);

    ModelSpec read = parse(model);

    assertThat(read.inputShape()).containsExactly(12);
    assertThat(read.layers())
        .isEqualTo(
            layers(
                """
                [{"type": "Dense", "name": "dense", "units": 3}, {"type": "Dense", "units": 2}]
                """));
    assertThat(read.path(1)).isEqualTo("model.keras.config.layers[1].config.layers[1].config");
    assertThat(NetworkPlan.of(read, List.of(12)).layers())
        .extracting(layer -> layer.summary().name())
        .containsExactly("dense", "dense_1");
  }

  @Test
  void aNetworkOfOnlyFrozenLayersHasNoTrainableParameters() {
    JsonNode model =
        tree(
            """
            {"class_name": "Sequential", "config": {"layers": [
              {"class_name": "Flatten", "config": {"trainable": false}},
              {"class_name": "Dense", "config": {"units": 3, "trainable": false}}]}}
            """);
    NetworkPlan plan = NetworkPlan.of(parse(model), List.of(4, 2));
    assertThat(plan.parameters()).isZero();
    assertThat(plan.nonTrainableParameters()).isEqualTo(27);
  }
}
