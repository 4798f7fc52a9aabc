package io.millrace.contracts.request;

import static io.millrace.contracts.ExampleRequests.JSON;
import static io.millrace.contracts.ExampleRequests.SMALL;
import static io.millrace.contracts.ExampleRequests.tree;
import static io.millrace.contracts.ExampleRequests.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.network.NetworkPlan;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models that Keras wrote; {@code keras/models.py} made those of Keras 3. */
class KerasModelTest {

  private static String resource(String name) throws IOException {
    try (InputStream file = KerasModelTest.class.getResourceAsStream("/keras/" + name)) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  static Stream<JsonNode> models() throws IOException {
    var models = new ArrayList<JsonNode>();
    tree(resource("models.json")).forEach(models::add);
    return models.stream();
  }

  private static ModelSpec parse(JsonNode keras) {
    ObjectNode request = (ObjectNode) tree(SMALL);
    request.putObject("model").set("keras", keras);
    return Messages.readRequest(request.toString().getBytes(StandardCharsets.UTF_8)).model();
  }

  @ParameterizedTest
  @MethodSource("models")
  void aModelOfKeras3IsReadAsTheLayersItWasBuiltFrom(JsonNode model) {
    var layers = new ArrayList<LayerSpec>();
    model.get("layers").forEach(l -> layers.add(Messages.readStrictly(l, LayerSpec.class)));
    var shape = new ArrayList<Integer>();
    model.get("shape").forEach(size -> shape.add(size.intValue()));

    ModelSpec asText = parse(model.get("keras"));
    ModelSpec asObject = parse(tree(model.get("keras").textValue()));

    assertThat(asObject.layers()).isEqualTo(layers);
    assertThat(asText.layers()).isEqualTo(layers);
    assertThat(asObject.inputShape()).isEqualTo(shape);
  }

  @Test
  void everyLayerTypeThatDoesNotMergeOccursInATestModel() throws IOException {
    var types = new java.util.TreeSet<String>();
    models().forEach(m -> m.get("layers").findValuesAsText("type").forEach(types::add));
    // Layers that merge are in the models of KerasGraphTest.
    LayerSpec.all().stream()
        .filter(layer -> !MergingSpec.class.isAssignableFrom(layer))
        .forEach(layer -> assertThat(types).contains(LayerSpec.type(layer)));
  }

  @Test
  void aThresholdedReluOfKeras2BecomesAReluWithAThreshold() {
    ModelSpec model =
        parse(
            tree(
                """
                {"class_name": "Sequential", "config": {"layers": [
                  {"class_name": "ThresholdedReLU",
                   "config": {"name": "a", "trainable": true, "dtype": "float32", "theta": 0.5}},
                  {"class_name": "ThresholdedReLU", "config": {"name": "b"}},
                  {"class_name": "Flatten", "config": {"name": "c"}},
                  {"class_name": "Dense", "config": {"name": "d", "units": 4}}]}}\
                """));
    assertThat(model.layers().subList(0, 2))
        .containsExactly(
            new ActivationSpec.ReLU("a", null, null, 0.5),
            new ActivationSpec.ReLU("b", null, null, 1.0));
  }

  @Test
  void aSequentialModelOfKeras2IsRead() throws IOException {
    ModelSpec model = parse(tree(resource("keras2-sequential.json")));
    assertThat(model.inputShape()).containsExactly(20, 18, 3);
    assertThat(model.layers())
        .extracting(LayerSpec::type)
        .containsExactly(
            "Conv2D",
            "BatchNormalization",
            "LeakyReLU",
            "MaxPooling2D",
            "DepthwiseConv2D",
            "SeparableConv2D",
            "GlobalAveragePooling2D",
            "Dropout",
            "Dense");
    var conv = (ConvolutionSpec.Conv2D) model.layers().get(0);
    assertThat(conv.filters()).isEqualTo(32);
    assertThat(conv.kernelRegularizer().l2()).isEqualTo(0.0010000000474974513);
    assertThat(((ActivationSpec.LeakyReLU) model.layers().get(2)).negativeSlope())
        .isEqualTo(0.30000001192092896);
    var dense = (CoreSpec.Dense) model.layers().get(8);
    assertThat(dense.kernelConstraint())
        .isEqualTo(new Constraint(Constraint.Kind.MAX_NORM, 3, List.of(0)));
    assertThat(model.path(2)).isEqualTo("model.keras.config.layers[3].config");
  }

  @Test
  void aFunctionalChainOfKeras2IsRead() throws IOException {
    ModelSpec model = parse(tree(resource("keras2-functional.json")));
    assertThat(model.inputShape()).containsExactly(12, 3);
    assertThat(model.layers())
        .extracting(LayerSpec::type)
        .containsExactly("Conv1D", "MaxPooling1D", "Bidirectional", "GRU", "Dense");
    assertThat(((RecurrentSpec.GRU) model.layers().get(3)).dropout()).isEqualTo(0.1);
    var both = (RecurrentSpec.Bidirectional) model.layers().get(2);
    assertThat(((RecurrentSpec.LSTM) both.layer()).units()).isEqualTo(5);
  }

  @Test
  void aRequestWithAKerasModelIsWrittenWithTheModelUnchanged() throws IOException {
    JsonNode keras = tree(resource("keras2-sequential.json"));
    ObjectNode request = (ObjectNode) tree(SMALL);
    request.putObject("model").set("keras", keras);
    TrainingRequest read =
        Messages.readRequest(request.toString().getBytes(StandardCharsets.UTF_8));
    JsonNode written = JSON.readTree(Messages.write(read));
    assertThat(written.get("model").get("keras")).isEqualTo(keras);
    assertThat(written.get("model").has("layers")).isFalse();
    assertThat(Messages.read(Messages.write(read), TrainingRequest.class)).isEqualTo(read);
  }

  @Test
  void equalRequestsAreWrittenAlikeWhateverTheOrderOfTheirFields() throws IOException {
    JsonNode keras = tree(resource("keras2-sequential.json"));
    ObjectNode request = (ObjectNode) tree(SMALL);
    request.putObject("model").set("keras", keras);
    request.putObject("class_weight").put("daisy", 2).put("rose", 3);
    ObjectNode other = request.deepCopy();
    other.putObject("model").set("keras", reversed(keras));
    other.putObject("class_weight").put("rose", 3).put("daisy", 2);
    assertThat(other.toString()).isNotEqualTo(request.toString());

    assertThat(Messages.write(Messages.readRequest(other.toString().getBytes())))
        .isEqualTo(Messages.write(Messages.readRequest(request.toString().getBytes())));
  }

  private static JsonNode reversed(JsonNode node) {
    if (!node.isObject()) {
      return node;
    }
    var fields = new ArrayList<>(node.properties());
    Collections.reverse(fields);
    ObjectNode reversed = JSON.createObjectNode();
    fields.forEach(field -> reversed.set(field.getKey(), reversed(field.getValue())));
    return reversed;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          /class_name                          | 'Blob'            | class_name: 'Blob' is not supported; give a Sequential or Functional model
          /config/layers/1/class_name          | 'AdditiveAttention' | config.layers[1].class_name: 'AdditiveAttention' is not known
          /config/layers/1/config/groups       | 2                 | config.layers[1].config.groups: 2 is not supported; give 1
          /config/layers/1/config/data_format  | 'channels_middle' | config.layers[1].config.data_format: 'channels_middle' is not supported; use 'channels_last'
          /config/layers/1/config/dtype        | 'float64'         | config.layers[1].config.dtype: 'float64' is not supported; use 'float32'
          /config/layers/1/config/novelty      | 1                 | config.layers[1].config.novelty: is not a field here
          /config/layers/1/config/filters      | 0                 | config.layers[1].config.filters: 0 is out of range; give 1..4096
          /config/layers/1/config/padding      | 'causal'          | config.layers[1].config.padding: 'causal' is not known
          /config/layers/1/config/kernel_regularizer/class_name | 'OrthogonalRegularizer' | config.layers[1].config.kernel_regularizer.type: 'OrthogonalRegularizer' is not known
          /config/layers/2/config/axis         | [2]               | config.layers[2].config.axis: [2] is not the last axis; give -1
          /config/layers/2/config/moving_mean_initializer/class_name | 'Ones' | config.layers[2].config.moving_mean_initializer: Ones is not supported; give Zeros
          /config/layers/1/config/activity_regularizer | {'class_name':'L4'} | config.layers[1].config.activity_regularizer.type: 'L4' is not known
          /config/layers/1/class_name          | 'TensorFlowOpLayer' | config.layers[1].class_name: TensorFlowOpLayer runs an operation of TensorFlow, which is not supported
          /config/layers/1/class_name          | 'RandomCrop'      | config.layers[1].class_name: RandomCrop changes samples within the network, which is not supported; leave it out, and give the request's augmentation the transform random_crop
          /config/layers/1/class_name          | 'Lambda'          | config.layers[1].class_name: Lambda runs Python code, which is not supported
          /config/layers                       | 3                 | config.layers: is not a list
          """)
  void theErrorForAnUnsupportedModelNamesTheField(String pointer, String value, String message)
      throws IOException {
    ObjectNode model = (ObjectNode) tree(resource("keras2-sequential.json"));
    int end = pointer.lastIndexOf('/');
    JsonNode parent = model.at(pointer.substring(0, end));
    ((ObjectNode) parent).set(pointer.substring(end + 1), tree(value.replace('\'', '"')));
    assertThatThrownBy(() -> parse(model))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessageStartingWith("model.keras." + message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          'Normalization' | 'axis':-1,'mean':0.5                    | variance: is not given, but the other one is; give both, or neither
          'Normalization' | 'axis':[1],'mean':null,'variance':null  | mean: is not given, and adapt() would compute it from the outputs of other layers
          'Normalization' | 'axis':null,'mean':null                 | axis: null is not the last axis; give -1
          'Rescaling' | 'scale':[2,-1,3]                            | scale[1]: -1 is not supported; give a number above 0
          'Dropout' | 'rate':0.5,'noise_shape':[1,1,1,1]            | noise_shape[0]: 1 is not supported: each sample has its own noise; give null
          'Dropout' | 'rate':0.5,'noise_shape':[null,1]             | noise_shape: has 2 axes; give the 3 of a series or the 4 of images
          'LSTM' | 'units':2,'stateful':true                        | stateful: true keeps the state of one batch for the next, which is not supported
          'Normalization' | 'axis':[],'mean':[1],'variance':2       | mean: is a list, but axis null takes a number
          'Normalization' | 'axis':[2],'mean':1,'variance':2        | axis: [2] is not the last axis; give -1
          'Normalization' | 'axis':null,'mean':1,'variance':2,'invert':true | invert: true is not supported; give false
          'Resizing' | 'height':8,'width':8,'crop_to_aspect_ratio':true | crop_to_aspect_ratio: true is not supported; give false
          'Resizing' | 'height':8,'width':8,'pad_to_aspect_ratio':true  | pad_to_aspect_ratio: true is not supported; give false
          'Resizing' | 'height':8,'width':8,'antialias':true            | antialias: true is not supported; give false
          'Resizing' | 'height':8,'width':8,'interpolation':'bicubic'   | interpolation: 'bicubic' is not known; give one of bilinear, nearest
          """)
  void theErrorForAnUnsupportedLayerParameterNamesTheParameter(
      String type, String config, String message) throws IOException {
    ObjectNode model = (ObjectNode) tree(resource("keras2-sequential.json"));
    String layer = "{'class_name':" + type + ",'config':{'name':'p'," + config + "}}";
    ((ArrayNode) model.at("/config/layers")).set(1, tree(layer.replace('\'', '"')));
    assertThatThrownBy(() -> parse(model))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessageStartingWith("model.keras.config.layers[1].config." + message);
  }

  /** The trainer's tests compare the numbers with those of Keras. */
  @Test
  void aChannelsFirstModelTakesChannelsLastImages() {
    String file =
        """
        {"class_name": "Sequential", "keras_version": "%s", "config": [
          {"class_name": "%s", "config": {"name": "c", "batch_input_shape": [null, 3, 20, 18],
            %s, "activation": "%s"}},
          {"class_name": "BatchNormalization", "config": {"name": "n", "axis": 1}},
          {"class_name": "Flatten", "config": {"name": "f"}},
          {"class_name": "Dense", "config": {"name": "d", "%s": 4}}]}\
        """;
    String two = "\"filters\": 4, \"kernel_size\": 3, \"data_format\": \"channels_first\"";
    String one = "\"nb_filter\": 4, \"nb_row\": 3, \"nb_col\": 3, \"dim_ordering\": \"th\"";
    for (String keras :
        List.of(
            file.formatted("2.2.4", "Conv2D", two, "relu", "units"),
            file.formatted("1.2.2", "Convolution2D", one, "relu", "output_dim"))) {
      ModelSpec model = parse(tree(keras));
      assertThat(model.inputShape()).containsExactly(20, 18, 3);
      NetworkPlan plan = NetworkPlan.of(model, model.inputShape());
      assertThat(plan.layers())
          .extracting(NetworkPlan.Layer::outputShape)
          .containsExactly(
              List.of(18, 16, 4),
              List.of(18, 16, 4),
              List.of(4, 18, 16),
              List.of(1_152),
              List.of(4));
      assertThat(model.layers().get(2))
          .isEqualTo(new ReshapingSpec.Permute(null, List.of(3, 1, 2)));
    }
    assertThatThrownBy(
            () -> parse(tree(file.formatted("2.2.4", "Conv2D", two, "softmax", "units"))))
        .hasMessage(
            "model.keras.config[0].config.activation: softmax over the width, the last axis with"
                + " channels first, is not supported; use 'linear', and for a softmax over the"
                + " channels add a Softmax layer with axis 1");
  }

  private static final String STANDARDIZED =
      """
      {"class_name": "Sequential", "keras_version": "2.15.0", "config": {"layers": [
        {"class_name": "InputLayer", "config": {"batch_input_shape": [null, 8, 8, 3]}},
        {"class_name": "Rescaling", "config": {"name": "r", "scale": 0.5, "offset": 1}},
        {"class_name": "Normalization",
         "config": {"name": "n", "axis": [3], "mean": null, "variance": null}},
        {"class_name": "Rescaling", "config": {"name": "s", "scale": [2.0, 0.5, 4.0],
         "offset": [1.0, 0.0, 2.0]}},
        {"class_name": "Flatten", "config": {"name": "f"}},
        {"class_name": "Dense", "config": {"name": "d", "units": 4}}]}}\
      """;

  private static TrainingRequest request(String keras, String field, String value) {
    ObjectNode request = (ObjectNode) tree(SMALL);
    request.putObject("model").set("keras", tree(keras));
    return Messages.readRequest(with(request.toString(), field, value));
  }

  @Test
  void aNormalizationWithoutStatisticsStandardizesTheImages() {
    TrainingRequest request = request(STANDARDIZED, "epochs", "1");
    assertThat(request.model().layers())
        .extracting(LayerSpec::type)
        .containsExactly("Normalization", "Flatten", "Dense");
    assertThat(request.model().layers().get(0))
        .as("2 x + 1, 0.5 x, 4 x + 2")
        .isEqualTo(
            new PreprocessingSpec.Normalization(
                "s",
                new ChannelValues(List.of(-0.5, 0.0, -0.5)),
                new ChannelValues(List.of(0.25, 4.0, 0.0625))));
    assertThat(request.model().standardization()).isEqualTo("model.keras.config.layers[2].config");
    assertThat(request.augmentation().featurewiseCenter()).isTrue();
    assertThat(request.augmentation().featurewiseStdNormalization()).isTrue();
    assertThat(Messages.readRequest(Messages.write(request))).isEqualTo(request);
    assertThat(
            request(
                    "{\"class_name\": \"Sequential\", \"config\": {\"layers\": ["
                        + "{\"class_name\": \"Dense\", \"config\": {\"units\": 4}}]}}",
                    "epochs",
                    "1")
                .augmentation()
                .featurewiseCenter())
        .as("another model")
        .isFalse();
  }

  @Test
  void aStandardizationThatConflictsWithTheNormalizationIsRefused() {
    assertThatThrownBy(() -> request(STANDARDIZED, "augmentation.zca_whitening", "true"))
        .hasMessage(
            "augmentation.zca_whitening: cannot be combined with model.keras.config.layers[2].config, a"
                + " Normalization without mean and variance, which a standardization of images by"
                + " channel replaces; leave out one of them");
    String series = STANDARDIZED.replace("8, 8, 3", "60, 1").replace("[3]", "-1");
    String rows = "{\"name\": \"d\", \"target\": \"t\"}";
    String one = series.replace("[2.0, 0.5, 4.0]", "2").replace("[1.0, 0.0, 2.0]", "0");
    assertThatThrownBy(() -> request(one, "dataset", "{\"name\": \"d\", \"column\": \"c\"}"))
        .hasMessage(
            "dataset.scaler: min_max cannot be combined with model.keras.config.layers[2].config, a"
                + " Normalization without mean and variance, which Keras adapts to the training"
                + " part; give standard, which does the same, or give the layer mean and"
                + " variance");
    assertThat(request(one, "dataset", rows).model().layers()).hasSize(3);
  }

  @Test
  void aNormalizationThatSharesItsInputNeedsMeanAndVariance() {
    String keras =
        """
        {"class_name": "Functional", "config": {"layers": [
          {"class_name": "InputLayer", "name": "x", "inbound_nodes": [],
           "config": {"name": "x", "batch_input_shape": [null, 8, 8, 3]}},
          {"class_name": "Normalization", "name": "n", "config": {"name": "n", "axis": -1},
           "inbound_nodes": [[["x", 0, 0, {}]]]},
          {"class_name": "Add", "name": "a", "config": {"name": "a"},
           "inbound_nodes": [[["x", 0, 0, {}], ["n", 0, 0, {}]]]}],
         "input_layers": [["x", 0, 0]], "output_layers": [["a", 0, 0]]}}\
        """;
    assertThatThrownBy(() -> parse(tree(keras)))
        .hasMessage(
            "model.keras.config.layers[1].config.mean: is not given, and other layers take the"
                + " same input as this one; give mean and variance, or make it the first layer,"
                + " which the data set's standardization replaces");
  }

  @Test
  void zeroOutputForMaskIsRefusedIfAMaskIsApplied() {
    String layers =
        """
        {"class_name": "Sequential", "config": {"layers": [
          {"class_name": "%s", "config": {"name": "m"}},
          {"class_name": "LSTM", "config": {"units": 2, "zero_output_for_mask": true}}]}}\
        """;
    assertThat(parse(tree(layers.formatted("LayerNormalization"))).layers()).hasSize(2);
    assertThatThrownBy(() -> parse(tree(layers.formatted("Masking"))))
        .hasMessage(
            "model.keras.config.layers[1].config.zero_output_for_mask: true is not supported: at"
                + " masked times a layer keeps its output; give false");
  }

  @Test
  void aHalfPrecisionInputAndAnInputAfterOtherLayersAreRead() throws IOException {
    ObjectNode model = (ObjectNode) tree(resource("keras2-sequential.json"));
    List<LayerSpec> layers = parse(model).layers();
    ((ObjectNode) model.at("/config/layers/0/config")).put("dtype", "float16");
    ((ArrayNode) model.at("/config/layers")).add(model.at("/config/layers/0").deepCopy());
    assertThat(parse(model).layers()).isEqualTo(layers);
  }

  /** With integers, Keras 3.15 itself rounds, overflows or fails in these layers. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          'uint8'   | 'Resizing','config':{'height':4,'width':4}       | config.layers[1]: Resizing takes an input of integers
          'int32'   | 'LayerNormalization','config':{}                 | config.layers[1]: LayerNormalization takes an input of integers
          'int64'   | 'DepthwiseConv2D','config':{'kernel_size':3}     | config.layers[1]: DepthwiseConv2D takes an input of integers
          'float64' | 'Flatten','config':{}                            | config.layers[0].config.dtype: 'float64' is not supported; use 'float32'
          'string'  | 'Flatten','config':{}                            | config.layers[0].config.dtype: 'string' is not supported; use 'float32'
          """)
  void anUnsupportedInputTypeIsRefused(String dtype, String layer, String message)
      throws IOException {
    ObjectNode model = (ObjectNode) tree(resource("keras2-sequential.json"));
    ((ObjectNode) model.at("/config/layers/0/config")).set("dtype", tree(dtype.replace('\'', '"')));
    ((ArrayNode) model.at("/config/layers"))
        .set(1, tree(("{'class_name':" + layer + "}").replace('\'', '"')));
    assertThatThrownBy(() -> parse(model))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessageStartingWith("model.keras." + message);
  }

  @Test
  void aNestedModelThatTruncatesItsInputToIntegersIsRefused() {
    String layers =
        """
        {"class_name": "Sequential", "keras_version": "3.15.1", "config": {"layers": [
          {"class_name": "InputLayer", "config": {"batch_shape": [null, 7], "dtype": "%s"}},
          {"class_name": "%s", "config": {"name": "first"%s}},
          {"class_name": "Sequential", "config": {"layers": [
            {"class_name": "InputLayer", "config": {"batch_shape": [null, 7], "dtype": "int32"}},
            {"class_name": "Embedding",
             "config": {"name": "e", "input_dim": 9, "output_dim": 2}}]}}]}}\
        """;
    assertThat(parse(tree(layers.formatted("int32", "Flatten", ""))).layers()).hasSize(2);
    assertThatThrownBy(() -> parse(tree(layers.formatted("int32", "Rescaling", ", \"scale\": 2"))))
        .hasMessage(
            "model.keras.config.layers[2].config.layers[0].config.dtype: 'int32' truncates"
                + " the outputs of the layer before it to integers; use 'float32'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"int32", "int64", "uint8"})
  void anEmbeddingMayHaveAnIntegerTypeInKeras2ButNotInKeras3(String dtype) {
    String layers =
        """
        {"class_name": "Sequential", "keras_version": "2.1.6", "config": [
          {"class_name": "Embedding", "config": {"name": "e", "batch_input_shape": [null, 7],
            "dtype": "%s", "input_dim": 9, "output_dim": 2}},
          {"class_name": "LSTM", "config": {"name": "l", "units": 2}}]}\
        """;
    assertThat(parse(tree(layers.formatted(dtype))).layers())
        .extracting(LayerSpec::type)
        .containsExactly("Embedding", "LSTM");
    String inKeras3 = layers.formatted(dtype).replace("2.1.6", "3.15.1");
    assertThatThrownBy(() -> parse(tree(inKeras3)))
        .hasMessageStartingWith("model.keras.config[0].config.dtype: '" + dtype + "' is not");
  }

  @Test
  void aSecondInputOfALayerIsRefused() throws IOException {
    ObjectNode model = (ObjectNode) tree(resource("keras2-functional.json"));
    ArrayNode nodes = (ArrayNode) model.at("/config/layers/3/inbound_nodes/0");
    nodes.add(nodes.get(0).deepCopy());
    assertThatThrownBy(() -> NetworkPlan.of(parse(model), List.of(12, 3)))
        .hasMessageStartingWith(
            "model.keras.config.layers[3].inbound_nodes: name 2 layers, but Bidirectional takes"
                + " one");
  }

  @Test
  void aSecondOutputIsRefused() throws IOException {
    ObjectNode model = (ObjectNode) tree(resource("keras2-functional.json"));
    ((ArrayNode) model.at("/config/output_layers")).add(tree("[\"gru\", 0, 0]"));
    assertThatThrownBy(() -> parse(model))
        .hasMessageStartingWith("model.keras.config.output_layers: names 2 layers; give one");
  }

  @Test
  void aBidirectionalLayerWithADifferentBackwardLayerIsRefused() {
    JsonNode model =
        models2()
            .filter(m -> m.get("name").textValue().equals("series, sequential"))
            .findFirst()
            .map(m -> tree(m.get("keras").textValue()))
            .orElseThrow();
    for (JsonNode layer : model.at("/config/layers")) {
      if (layer.get("class_name").textValue().equals("Bidirectional")) {
        ((ObjectNode) layer.at("/config/backward_layer/config")).put("units", 9);
      }
    }
    assertThatThrownBy(() -> parse(model))
        .hasMessageContaining(
            "config.backward_layer: is not the same layer with go_backwards reversed");
  }

  @Test
  void aBidirectionalLayerWithoutAMergeModeIsRefused() throws IOException {
    ObjectNode model = (ObjectNode) tree(resource("keras2-functional.json"));
    ((ObjectNode) model.at("/config/layers/3/config")).putNull("merge_mode");
    assertThatThrownBy(() -> parse(model))
        .hasMessageStartingWith(
            "model.keras.config.layers[3].config.merge_mode: null is not supported: it");
  }

  private static Stream<JsonNode> models2() {
    try {
      return models();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aModelHasAtMost1000Layers() {
    assertThat(parse(ofLayers(1_000)).layers()).hasSize(1_000);

    assertThatThrownBy(() -> parse(ofLayers(1_001)))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessage(
            "model.keras.config.layers[1000]: is layer number 1001; give at most 1000 layers");
  }

  private static ObjectNode ofLayers(int count) {
    var model = (ObjectNode) tree("{'class_name':'Sequential','config':{}}".replace('\'', '"'));
    ArrayNode layers = ((ObjectNode) model.get("config")).putArray("layers");
    for (int i = 0; i < count; i++) {
      layers.addObject().put("class_name", "Flatten").putObject("config").put("name", "l" + i);
    }
    return model;
  }

  @Test
  void layersTogetherWithAKerasModelAreRefused() {
    assertThatThrownBy(() -> Messages.readRequest(with(SMALL, "model.keras", "{}")))
        .hasMessageStartingWith("model.layers: cannot be combined with keras");
  }

  @Test
  void aKerasTextThatIsNotJsonIsRefused() {
    assertThatThrownBy(() -> Messages.readRequest(with(SMALL, "model", "{\"keras\": \"{\"}")))
        .hasMessageStartingWith("model.keras: not JSON");
  }
}
