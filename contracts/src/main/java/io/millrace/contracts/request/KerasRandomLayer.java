package io.millrace.contracts.request;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A layer of Keras that changes images at random in training alone, such as RandomRotation: the
 * transforms that do the same. What they draw and how is that of Keras' {@code
 * layers/preprocessing/image_preprocessing}; of Keras 2 it is that of TensorFlow's Keras.
 *
 * @param type Keras' name of the layer
 * @param path of its parameters in the model specification, such as {@code
 *     keras.config.layers[1].config}
 * @param place of the layer in its model, as the reader has it
 * @param transforms that take its place
 * @param resampling how it samples; null where it only moves pixels, or changes their values
 * @param valueRange of the values that it clips to; null where it does not
 * @param before what stands before it
 */
record KerasRandomLayer(
    String type,
    String path,
    String place,
    List<TransformSpec> transforms,
    Resampling resampling,
    List<Double> valueRange,
    KerasValues before) {

  /** The layer's placeholder until it is known that it can be removed. */
  static final JsonNode PLACEHOLDER = KerasStandardization.PLACEHOLDER;

  private static final String FLIP = "RandomFlip";
  private static final String ROTATION = "RandomRotation";
  private static final String ZOOM = "RandomZoom";
  private static final String TRANSLATION = "RandomTranslation";
  private static final String CONTRAST = "RandomContrast";
  private static final String BRIGHTNESS = "RandomBrightness";

  private static final String HEIGHT = "height_factor";
  private static final String WIDTH = "width_factor";
  private static final Set<String> OF_RESAMPLING =
      Set.of("fill_mode", "fill_value", "interpolation");

  /** The layers with their parameters, but for those that every layer has. */
  private static final Map<String, Set<String>> PARAMETERS =
      Map.of(
          FLIP, Set.of("mode"),
          ROTATION, Set.of("factor"),
          ZOOM, Set.of(HEIGHT, WIDTH),
          TRANSLATION, Set.of(HEIGHT, WIDTH),
          CONTRAST, Set.of("factor", "value_range"),
          BRIGHTNESS, Set.of("factor", "value_range"));

  /** Those of every layer; none of them changes what images become. */
  private static final Set<String> OF_ALL =
      Set.of(
          "batch_input_shape",
          "batch_shape",
          "bounding_box_format",
          "data_format",
          "dtype",
          "name",
          "seed",
          "trainable");

  /** Filling and interpolation, by Keras' names of these layers. */
  record Resampling(String fillMode, double fillValue, String interpolation) {}

  /** Whether a layer is one of them. */
  static boolean isOne(JsonNode layer) {
    return PARAMETERS.containsKey(layer.path("class_name").asText());
  }

  boolean changesColours() {
    return valueRange != null;
  }

  /**
   * @param layer with channels last
   * @param path of the model
   * @param place of the layer in it
   * @param before what stands before it
   * @throws InvalidMessageException naming the parameter
   */
  static KerasRandomLayer of(JsonNode layer, String path, String place, KerasValues before) {
    JsonNode config = layer.path("config");
    String type = layer.path("class_name").asText();
    boolean resamples = resamples(type);
    for (var entry : config.properties()) {
      String field = entry.getKey();
      if (!OF_ALL.contains(field)
          && !PARAMETERS.get(type).contains(field)
          && !(resamples && OF_RESAMPLING.contains(field))) {
        throw new InvalidMessageException(
            "config." + field, "is not supported for " + type + "; leave it out");
      }
    }
    KerasLayerConfig.checkType(config.path("dtype"), "config.dtype");
    List<TransformSpec> transforms =
        switch (type) {
          case FLIP -> flip(config);
          case ROTATION -> rotation(config);
          case ZOOM -> zoom(config);
          case TRANSLATION -> translation(config);
          case CONTRAST -> contrast(config);
          case BRIGHTNESS -> List.of(brightness(config));
          default -> throw new IllegalArgumentException(type);
        };
    boolean colours = PARAMETERS.get(type).contains("value_range");
    return new KerasRandomLayer(
        type,
        path + "." + place + ".config",
        place,
        transforms,
        resamples ? resampling(config) : null,
        colours ? valueRange(config) : null,
        before);
  }

  private static boolean resamples(String type) {
    return Set.of(ROTATION, ZOOM, TRANSLATION).contains(type);
  }

  private static List<TransformSpec> flip(JsonNode config) {
    String mode = config.path("mode").asText("horizontal_and_vertical");
    if (mode.equals("horizontal")) {
      return List.of(new TransformSpec.HorizontalFlip(null));
    }
    if (mode.equals("vertical")) {
      return List.of(new TransformSpec.VerticalFlip(null));
    }
    if (!mode.equals("horizontal_and_vertical")) {
      throw new InvalidMessageException(
          "config.mode",
          Check.quote(mode)
              + " is not known; give one of horizontal, vertical, horizontal_and_vertical");
    }
    if (!config.has("data_format")) {
      return List.of(new TransformSpec.HorizontalFlip(null), new TransformSpec.VerticalFlip(null));
    }
    // Keras from 3.6 on, which writes a data_format, draws once: an image is turned upside down, or
    // stays as it is.
    return List.of(
        new TransformSpec.Sequence(
            List.of(new TransformSpec.HorizontalFlip(1.0), new TransformSpec.VerticalFlip(1.0)),
            0.5));
  }

  /** A share of the full circle. */
  private static List<TransformSpec> rotation(JsonNode config) {
    double[] factor = bounds(config, "factor", -1, 1);
    var range = new AngleRange(360 * factor[0], 360 * factor[1]);
    return List.of(new TransformSpec.Rotation(range, null));
  }

  private static List<TransformSpec> zoom(JsonNode config) {
    ZoomRange rows = factors(config, HEIGHT);
    if (!config.hasNonNull(WIDTH)) {
      return List.of(new TransformSpec.Zoom(rows, null, true, null));
    }
    ZoomRange columns = factors(config, WIDTH);
    return List.of(new TransformSpec.Zoom(rows, columns.equals(rows) ? null : columns, null, null));
  }

  /** Keras' zoom of 0 leaves the image as it is, and -0.5 shows half of it. */
  private static ZoomRange factors(JsonNode config, String field) {
    double[] factor = bounds(config, field, -0.99, 99);
    return new ZoomRange(1 + factor[0], 1 + factor[1]);
  }

  private static List<TransformSpec> translation(JsonNode config) {
    double[] rows = bounds(config, HEIGHT, -1, 1);
    double[] columns = bounds(config, WIDTH, -1, 1);
    return List.of(
        new TransformSpec.Shift(
            ShiftRange.between(columns[0], columns[1]),
            ShiftRange.between(rows[0], rows[1]),
            null));
  }

  /** Of {@code [lower, upper]} the factor is from 1 - lower to 1 + upper: lower is not negative. */
  private static List<TransformSpec> contrast(JsonNode config) {
    JsonNode factor = config.path("factor");
    boolean isPair = factor.isArray();
    double lower = number(isPair ? factor.path(0) : factor, "config.factor", 0, 1);
    double upper = number(isPair ? factor.path(1) : factor, "config.factor", 0, 9);
    return List.of(new TransformSpec.Contrast(List.of(1 - lower, 1 + upper), null));
  }

  private static TransformSpec brightness(JsonNode config) {
    double[] factor = bounds(config, "factor", -1, 1);
    return new TransformSpec.BrightnessShift(List.of(factor[0], factor[1]), null);
  }

  /** A number f as [-f, f], or a list of two in their order, as Keras takes them. */
  private static double[] bounds(JsonNode config, String field, double min, double max) {
    JsonNode value = config.path(field);
    String path = "config." + field;
    if (value.isArray() && value.size() == 2) {
      double first = number(value.get(0), path + "[0]", min, max);
      double second = number(value.get(1), path + "[1]", min, max);
      return new double[] {Math.min(first, second), Math.max(first, second)};
    }
    double both = Math.abs(number(value, path, min, max));
    if (0 - both < min) {
      throw new InvalidMessageException(
          path, Check.plain(both) + " is out of range; give at most " + Check.plain(0 - min));
    }
    return new double[] {0 - both, both};
  }

  private static double number(JsonNode value, String path, double min, double max) {
    if (value.isMissingNode() || value.isNull()) {
      throw new InvalidMessageException(path, "is required");
    }
    if (!value.isNumber()) {
      throw new InvalidMessageException(
          path, Check.cut(value.toString()) + " is not supported; give a number, or a list of two");
    }
    return Check.range(path, value.doubleValue(), min, max);
  }

  private static Resampling resampling(JsonNode config) {
    String mode = config.path("fill_mode").asText("reflect");
    if (mode.equals("wrap")) {
      throw new InvalidMessageException(
          "config.fill_mode",
          "'wrap' is not supported: Keras repeats an image differently than the augmentation does;"
              + " give one of reflect, nearest, constant");
    }
    if (!Set.of("reflect", "nearest", "constant").contains(mode)) {
      throw new InvalidMessageException(
          "config.fill_mode",
          Check.quote(mode) + " is not known; give one of reflect, nearest, constant");
    }
    String interpolation = config.path("interpolation").asText("bilinear");
    if (!Set.of("bilinear", "nearest").contains(interpolation)) {
      throw new InvalidMessageException(
          "config.interpolation",
          Check.quote(interpolation) + " is not known; give one of bilinear, nearest");
    }
    JsonNode value = config.path("fill_value");
    boolean isConstant = mode.equals("constant") && !value.isMissingNode() && !value.isNull();
    double fill = isConstant ? number(value, "config.fill_value", -1e6, 1e6) : 0;
    return new Resampling(mode, fill, interpolation);
  }

  private static List<Double> valueRange(JsonNode config) {
    JsonNode value = config.path("value_range");
    if (value.isMissingNode() || value.isNull()) {
      return List.of(0.0, 255.0);
    }
    if (!value.isArray() || value.size() != 2) {
      throw new InvalidMessageException(
          "config.value_range", Check.cut(value.toString()) + " is not a range; give [low, high]");
    }
    double first = number(value.get(0), "config.value_range[0]", -1e6, 1e6);
    double second = number(value.get(1), "config.value_range[1]", -1e6, 1e6);
    if (first == second) {
      throw new InvalidMessageException(
          "config.value_range", Check.cut(value.toString()) + " is empty; give [low, high]");
    }
    return List.of(Math.min(first, second), Math.max(first, second));
  }
}
