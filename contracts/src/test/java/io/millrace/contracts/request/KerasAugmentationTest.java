package io.millrace.contracts.request;

import static io.millrace.contracts.ExampleRequests.SMALL;
import static io.millrace.contracts.ExampleRequests.SMALL_SERIES;
import static io.millrace.contracts.ExampleRequests.tree;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Messages;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Layers that change images at random, as Keras 2.15 and Keras 3.15 write them. */
class KerasAugmentationTest {
  /** The format of a Keras 3 layer; it takes the type, the name and the layer's own parameters. */
  private static final String OF_KERAS_3 =
      """
      {"module": "keras.layers", "class_name": "%s", "config": {"name": "%s", "trainable": true,
       "dtype": {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float32"},
                 "registered_name": null},
       "seed": null, "data_format": "channels_last", %s}, "registered_name": null,
       "build_config": {"input_shape": [null, 8, 8, 3]}}\
      """;

  /** The format of a layer of TensorFlow's Keras 2; it takes the same. */
  private static final String OF_KERAS_2 =
      """
      {"module": "keras.layers", "class_name": "%s", "config": {"name": "%s", "trainable": true,
       "dtype": "float32", "seed": null, %s}, "registered_name": null}\
      """;

  private static final String SAMPLED =
      ", \"fill_mode\": \"reflect\", \"fill_value\": 0.0, \"interpolation\": \"bilinear\"";

  private static final String ROTATION =
      layer(OF_KERAS_3, "RandomRotation", "'factor': [-0.1, 0.1]" + SAMPLED);
  private static final String FLIP = layer(OF_KERAS_3, "RandomFlip", "'mode': 'horizontal'");
  private static final String CONTRAST =
      layer(OF_KERAS_3, "RandomContrast", "'factor': [0.2, 0.3], 'value_range': [0, 255]");

  private static String layer(String form, String type, String parameters) {
    String name = type.replaceAll("(?<=.)([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    return form.formatted(type, name, parameters.replace('\'', '"'));
  }

  private static String rescaling(double scale, double offset) {
    return "{\"class_name\": \"Rescaling\", \"config\": {\"scale\": %s, \"offset\": %s}}"
        .formatted(scale, offset);
  }

  /** A Sequential model with these layers first. */
  private static JsonNode model(String... first) {
    ObjectNode model =
        (ObjectNode)
            tree(
                """
                {"class_name": "Sequential", "config": {"name": "sequential", "layers": [
                  {"class_name": "InputLayer", "config": {"batch_shape": [null, 8, 8, 3]}},
                  {"class_name": "Flatten", "config": {"name": "flatten"}},
                  {"class_name": "Dense", "config": {"name": "dense", "units": 4,
                   "activation": "softmax"}}]}}\
                """);
    ArrayNode layers = (ArrayNode) model.at("/config/layers");
    for (int i = 0; i < first.length; i++) {
      layers.insert(1 + i, tree(first[i]));
    }
    return model;
  }

  private static ObjectNode request(JsonNode keras, String augmentation) {
    ObjectNode request = (ObjectNode) tree(SMALL);
    request.putObject("model").set("keras", keras);
    if (augmentation != null) {
      request.set("augmentation", tree(augmentation.replace('\'', '"')));
    }
    return request;
  }

  private static TrainingRequest read(JsonNode request) {
    return Messages.readRequest(request.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static TrainingRequest read(JsonNode keras, String augmentation) {
    return read(request(keras, augmentation));
  }

  private static JsonNode transforms(TrainingRequest request) {
    return Messages.tree(request.augmentation()).get("transforms");
  }

  /**
   * Computed by hand: Keras gives a share of 360 degrees, 1 less than a zoom, or a share of a size.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          3 | RandomFlip        | 'mode': 'horizontal'                       | [{'type':'horizontal_flip','p':0.5}]
          3 | RandomFlip        | 'mode': 'vertical'                         | [{'type':'vertical_flip','p':0.5}]
          2 | RandomFlip        | 'mode': 'horizontal_and_vertical'          | [{'type':'horizontal_flip','p':0.5},{'type':'vertical_flip','p':0.5}]
          3 | RandomFlip        | 'mode': 'horizontal_and_vertical'          | [{'type':'sequence','transforms':[{'type':'horizontal_flip','p':1.0},{'type':'vertical_flip','p':1.0}],'p':0.5}]
          3 | RandomRotation    | 'factor': [-0.1, 0.1]                      | [{'type':'rotation','range':36.0,'p':1.0}]
          2 | RandomRotation    | 'factor': 0.25                             | [{'type':'rotation','range':90.0,'p':1.0}]
          2 | RandomRotation    | 'factor': [-0.25, 0.5]                     | [{'type':'rotation','range':[-90.0,180.0],'p':1.0}]
          3 | RandomRotation    | 'factor': [-1, 1]                          | [{'type':'rotation','range':[-360.0,360.0],'p':1.0}]
          3 | RandomZoom        | 'height_factor': 0.5, 'width_factor': null | [{'type':'zoom','range':[0.5,1.5],'keep_aspect_ratio':true,'p':1.0}]
          2 | RandomZoom        | 'height_factor': [-0.5, -0.25], 'width_factor': [-0.5, -0.25] | [{'type':'zoom','range':[0.5,0.75],'p':1.0}]
          3 | RandomZoom        | 'height_factor': 0.5, 'width_factor': [0.25, 1] | [{'type':'zoom','range':[0.5,1.5],'width_range':[1.25,2.0],'p':1.0}]
          3 | RandomTranslation | 'height_factor': 0.2, 'width_factor': 0.1  | [{'type':'shift','width':0.1,'height':0.2,'p':1.0}]
          3 | RandomTranslation | 'height_factor': [-0.2, 0.3], 'width_factor': 1 | [{'type':'shift','width':{'lower':-1.0,'upper':1.0},'height':{'lower':-0.2,'upper':0.3},'p':1.0}]
          2 | RandomContrast    | 'factor': 0.25                             | [{'type':'contrast','range':[0.75,1.25],'p':1.0}]
          3 | RandomContrast    | 'factor': [0, 0.25], 'value_range': [0, 255] | [{'type':'contrast','range':[1.0,1.25],'p':1.0}]
          3 | RandomBrightness  | 'factor': [-0.2, 0.1], 'value_range': [0, 255] | [{'type':'brightness_shift','range':[-0.2,0.1],'p':1.0}]
          """)
  void aRandomLayerBecomesTheEquivalentTransform(
      int version, String type, String parameters, String expected) {
    String one = layer(version == 3 ? OF_KERAS_3 : OF_KERAS_2, type, parameters);

    TrainingRequest read = read(model(one), "{'rescale': 1}");

    assertThat(transforms(read)).isEqualTo(tree(expected.replace('\'', '"')));
    assertThat(read.model().layers())
        .extracting(LayerSpec::type)
        .containsExactly("Flatten", "Dense");
    assertThat(read.model().toAugmentation()).containsExactly("keras.config.layers[1]");
    assertThat(read.model().path(0)).isEqualTo("model.keras.config.layers[2].config");
  }

  @Test
  void randomLayersBecomeTransformsInOrderAndOnlyOnce() {
    JsonNode keras = model(rescaling(2, 1), FLIP, ROTATION, rescaling(0.5, 0));
    TrainingRequest read = read(keras, null);

    assertThat(read.augmentation().transforms())
        .extracting(TransformSpec::type)
        .containsExactly("horizontal_flip", "rotation");
    assertThat(read.augmentation().fillMode()).isEqualTo(FillMode.REFLECT);
    assertThat(read.augmentation().interpolationOrder()).isEqualTo(1);
    assertThat(read.model().layers())
        .extracting(LayerSpec::type)
        .containsExactly("Rescaling", "Rescaling", "Flatten", "Dense");
    assertThat(read.model().toAugmentation())
        .containsExactly("keras.config.layers[2]", "keras.config.layers[3]");
    TrainingRequest again = Messages.readRequest(Messages.write(read));
    assertThat(again).isEqualTo(read);
    assertThat(again.withRun("x").augmentation()).isEqualTo(read.augmentation());
  }

  @Test
  void randomLayersFollowTheTransformsOfTheRequest() {
    TrainingRequest read =
        read(
            model(ROTATION, FLIP),
            "{'rotation_range': 5, 'fill_mode': 'reflect', 'transforms': [{'type': 'cutout'}]}");
    assertThat(read.augmentation().rotationRange()).isEqualTo(5);
    assertThat(read.augmentation().transforms())
        .extracting(TransformSpec::type)
        .containsExactly("cutout", "rotation", "horizontal_flip");
  }

  @Test
  void randomLayersInNestedAndFunctionalModelsBecomeTransforms() {
    ObjectNode inner = (ObjectNode) tree("{\"class_name\": \"Sequential\"}");
    inner
        .putObject("config")
        .put("name", "augment")
        .putArray("layers")
        .add(tree("{\"class_name\":\"InputLayer\",\"config\":{\"batch_shape\":[null,8,8,3]}}"))
        .add(tree(FLIP))
        .add(tree(ROTATION));
    TrainingRequest nested = read(model(inner.toString()), null);
    assertThat(nested.augmentation().transforms()).hasSize(2);
    assertThat(nested.model().toAugmentation())
        .containsExactly(
            "keras.config.layers[1].config.layers[1]", "keras.config.layers[1].config.layers[2]");
    assertThat(nested.model().layers()).hasSize(2);

    TrainingRequest functional = read(functional("f"), null);
    assertThat(functional.augmentation().transforms()).hasSize(1);
    assertThat(functional.model().layers())
        .extracting(LayerSpec::type)
        .containsExactly("Conv2D", "Add", "Flatten");
    assertThatThrownBy(() -> read(functional("x"), null))
        .hasMessage(
            "model.keras.config.layers[1].config: another layer takes the image before RandomFlip"
                + " changes it, but here the augmentation changes it before the network; let all"
                + " layers take the output of RandomFlip");
  }

  /** A model with a branch around a convolution, from the flip or from its input. */
  private static JsonNode functional(String from) {
    return tree(
        """
        {"class_name": "Functional", "keras_version": "2.15.0", "config": {"layers": [
          {"class_name": "InputLayer", "name": "x", "inbound_nodes": [],
           "config": {"name": "x", "batch_input_shape": [null, 8, 8, 3]}},
          {"class_name": "RandomFlip", "name": "f",
           "config": {"name": "f", "mode": "horizontal", "seed": null},
           "inbound_nodes": [[["x", 0, 0, {}]]]},
          {"class_name": "Conv2D", "name": "c",
           "config": {"name": "c", "filters": 3, "kernel_size": [1, 1]},
           "inbound_nodes": [[["f", 0, 0, {}]]]},
          {"class_name": "Add", "name": "a", "config": {"name": "a"},
           "inbound_nodes": [[["%s", 0, 0, {}], ["c", 0, 0, {}]]]},
          {"class_name": "Flatten", "name": "o", "config": {"name": "o"},
           "inbound_nodes": [[["a", 0, 0, {}]]]}],
         "input_layers": [["x", 0, 0]], "output_layers": [["o", 0, 0]]}}\
        """
            .formatted(from));
  }

  @Test
  void randomLayersCalledWithTrainingFalseAreIgnored() {
    ObjectNode keras = (ObjectNode) functional("f");
    ObjectNode inner = (ObjectNode) tree("{\"class_name\": \"Sequential\", \"name\": \"f\"}");
    inner.putObject("config").put("name", "f").putArray("layers").add(tree(ROTATION));
    inner.set("inbound_nodes", tree("[[[\"x\", 0, 0, {\"training\": false}]]]"));
    ((ArrayNode) keras.at("/config/layers")).set(1, inner);
    TrainingRequest read = read(keras, null);
    assertThat(read.augmentation().transforms()).isEmpty();
    assertThat(read.model().toAugmentation()).isNull();
  }

  @Test
  void aChannelsFirstModelIsReadAsChannelsLast() {
    JsonNode keras =
        tree(
            model(FLIP, ROTATION)
                .toString()
                .replace("[null,8,8,3]", "[null,3,8,8]")
                .replace("channels_last", "channels_first"));
    TrainingRequest read = read(keras, null);
    assertThat(read.model().inputShape()).isEqualTo(List.of(8, 8, 3));
    assertThat(read.augmentation().transforms()).hasSize(2);
    assertThat(read.model().layers())
        .as("a Flatten takes the values in the order of the file")
        .extracting(LayerSpec::type)
        .containsExactly("Permute", "Flatten", "Dense");
  }

  @Test
  void aNormalizationWithoutStatisticsMayComeBeforeOrAfterAFlip() {
    String normalization =
        "{\"class_name\": \"Normalization\", \"config\": {\"name\": \"n\", \"axis\": -1}}";
    for (JsonNode keras :
        List.of(model(FLIP, CONTRAST, normalization), model(normalization, FLIP, ROTATION))) {
      TrainingRequest read = read(keras, "{'rescale': 1}");
      assertThat(read.augmentation().transforms()).hasSize(2);
      assertThat(read.augmentation().featurewiseStdNormalization()).isTrue();
      assertThat(Messages.readRequest(Messages.write(read))).isEqualTo(read);
    }
    assertThatThrownBy(() -> read(model(normalization, CONTRAST), "{'rescale': 1}"))
        .hasMessageStartingWith(
            "model.keras.config.layers[2].config.value_range: is not supported for values that"
                + " were standardized by channel; put RandomContrast before the");
  }

  /** Levels 0 to 255 are -1 to 1 after the Rescaling: the darkest is -1 and the middle one is 0. */
  @Test
  void fillValuesAndValueRangesAreConvertedToImageLevels() {
    String contrast =
        layer(OF_KERAS_3, "RandomContrast", "'factor': [0.2, 0.3], 'value_range': [-1, 1]");
    String rotation = ROTATION.replace("\"reflect\"", "\"constant\"");
    String scaled = rescaling(2, -1);
    Augmentation read = read(model(scaled, rotation, contrast), null).augmentation();
    assertThat(read.fillMode()).isEqualTo(FillMode.CONSTANT);
    assertThat(read.cval()).isEqualTo(127.5);
    assertThat(read.transforms()).contains(new TransformSpec.Contrast(List.of(0.8, 1.3), null));
    Augmentation white =
        read(model(scaled, rotation.replace("\"fill_value\": 0.0", "\"fill_value\": 1")), null)
            .augmentation();
    assertThat(white.cval()).isEqualTo(255);

    assertThatThrownBy(() -> read(model(CONTRAST), null))
        .hasMessage(
            "model.keras.config.layers[1].config.value_range: is [0, 255], but the values that the"
                + " layer gets are in [0, 1], because augmentation.rescale is 0.00392157; give"
                + " augmentation.rescale 1, or the layer a value_range of [0, 1]");
    assertThat(read(model(CONTRAST, rescaling(1 / 255.0, 0)), "{'rescale': 1}").augmentation())
        .extracting(Augmentation::rescale)
        .isEqualTo(1.0);
    assertThatThrownBy(
            () -> read(model(rotation.replace("\"fill_value\": 0.0", "\"fill_value\": 2")), null))
        .hasMessage(
            "model.keras.config.layers[1].config.fill_value: 2 is not a possible value of an"
                + " image: the values are in [0, 1] here; give one of them");
  }

  @Test
  void aRotationAfterAResizingNeedsADataSetWithThatImageSize() {
    String resizing = "{\"class_name\": \"Resizing\", \"config\": {\"height\": 6, \"width\": 4}}";
    ObjectNode request = request(model(resizing, ROTATION), null);
    assertThatThrownBy(() -> read(request))
        .hasMessage(
            "model.keras.config.layers[2].config: RandomRotation comes after Resizing to 6 x 4,"
                + " but the augmentation changes images before that; give dataset.image_size [6,"
                + " 4], which resizes first, or put RandomRotation first");
    ((ObjectNode) request.get("dataset")).putArray("image_size").add(6).add(4);
    assertThat(read(request).augmentation().transforms()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          RandomRotation    | 'factor': 0.1, 'fill_mode': 'wrap'           | .fill_mode: 'wrap' is not supported: Keras repeats an image differently than the augmentation does; give one of reflect, nearest, constant
          RandomRotation    | 'factor': 0.1, 'interpolation': 'bicubic'    | .interpolation: 'bicubic' is not known; give one of bilinear, nearest
          RandomRotation    | 'factor': 1.5                                | .factor: 1.5 is out of range; give -1..1
          RandomRotation    | 'seed': 1                                    | .factor: is required
          RandomRotation    | 'factor': 0.1, 'shape': 2                    | .shape: is not supported for RandomRotation; leave it out
          RandomZoom        | 'height_factor': [-1, 0]                     | .height_factor[0]: -1 is out of range; give -0.99..99
          RandomZoom        | 'height_factor': 1                           | .height_factor: 1 is out of range; give at most 0.99
          RandomTranslation | 'height_factor': '0.1', 'width_factor': 0.1  | .height_factor: "0.1" is not supported; give a number, or a list of two
          RandomFlip        | 'mode': 'diagonal'                           | .mode: 'diagonal' is not known; give one of horizontal, vertical, horizontal_and_vertical
          RandomContrast    | 'factor': -0.1                               | .factor: -0.1 is out of range; give 0..1
          RandomBrightness  | 'factor': 0.1, 'value_range': [0, 0]         | .value_range: [0,0] is empty; give [low, high]
          RandomBrightness  | 'factor': 0.1, 'dtype': 'uint8'              | .dtype: 'uint8' is not supported; use 'float32'
          """)
  void layerParametersThatTheAugmentationDoesNotSupportAreRefused(
      String type, String parameters, String message) {
    ObjectNode one = (ObjectNode) tree("{\"class_name\": \"" + type + "\"}");
    one.set("config", tree(("{" + parameters + "}").replace('\'', '"')));
    assertThatThrownBy(() -> read(model(one.toString()), "{'rescale': 1}"))
        .isInstanceOf(InvalidMessageException.class)
        .hasMessage("model.keras.config.layers[1].config" + message);
  }

  @Test
  void aRandomLayerInTheWrongPlaceIsRefused() {
    String dropout = "{\"class_name\": \"Dropout\", \"config\": {\"rate\": 0.5}}";
    assertThatThrownBy(() -> read(model(dropout, FLIP), null))
        .hasMessage(
            "model.keras.config.layers[2]: RandomFlip comes after Dropout, but the augmentation"
                + " replaces it only at the start of a model: only Rescaling with a scale above 0,"
                + " Normalization, Resizing, CenterCrop and other random layers may come before it;"
                + " put it first");
    assertThatThrownBy(() -> read(model(CONTRAST, ROTATION), "{'rescale': 1}"))
        .hasMessage(
            "model.keras.config.layers[2].config: RandomRotation comes after RandomContrast, but"
                + " images are resampled before their values change; put RandomContrast after it");
    String zoom = layer(OF_KERAS_3, "RandomZoom", "'height_factor': 0.1, 'fill_mode': 'nearest'");
    assertThatThrownBy(() -> read(model(ROTATION, zoom), null))
        .hasMessage(
            "model.keras.config.layers[2].config.fill_mode: nearest differs from reflect of the"
                + " RandomRotation before it, but an image is resampled only once; give both layers"
                + " the same");
  }

  @Test
  void anAugmentationThatConflictsWithRandomLayersIsRefused() {
    assertThatThrownBy(() -> read(model(ROTATION), "{'zoom_range': 0.1}"))
        .hasMessage(
            "augmentation.fill_mode: nearest cannot be combined with"
                + " model.keras.config.layers[1].config, a RandomRotation: all transforms of an"
                + " image are resampled together; give reflect");
    assertThatThrownBy(() -> read(model(ROTATION), "{'interpolation_order': 0}"))
        .hasMessage(
            "augmentation.interpolation_order: 0 cannot be combined with"
                + " model.keras.config.layers[1].config, a RandomRotation: all transforms of an"
                + " image are resampled together; give 1");
    assertThatThrownBy(() -> read(model(FLIP), "{'samplewise_center': true}"))
        .hasMessage(
            "augmentation.samplewise_center: cannot be combined with model.keras.config.layers[1].config,"
                + " a RandomFlip, which Keras applies to standardized images, but the augmentation"
                + " applies before the standardization; leave it out, or leave the layer out of the"
                + " model");
    JsonNode flat = tree(model(FLIP).toString().replace("[null,8,8,3]", "[null,8,8]"));
    assertThatThrownBy(() -> read(flat, null))
        .hasMessage(
            "model.keras.config.layers[1]: RandomFlip takes images, [height, width, channels], but"
                + " gets samples with 2 axes");
    ObjectNode series = (ObjectNode) tree(SMALL_SERIES);
    series.putObject("model").set("keras", model(FLIP));
    assertThatThrownBy(() -> read(series))
        .hasMessage(
            "model.keras.config.layers[1].config: RandomFlip changes images, but the data set has"
                + " none; leave the layer out");
    ObjectNode request = request(model(FLIP), null);
    ((ObjectNode) request.get("model")).putArray("to_augmentation").add("keras.config.layers[2]");
    assertThatThrownBy(() -> read(request))
        .hasMessage(
            "model.to_augmentation: does not name the model's random layers,"
                + " keras.config.layers[1]; leave it out");
  }
}
