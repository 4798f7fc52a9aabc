package io.millrace.contracts.request;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A layer of Keras that changes images at random, only in training, such as RandomRotation, and the
 * equivalent transforms. They draw values as Keras does in {@code
 * layers/preprocessing/image_preprocessing}; for Keras 2, as TensorFlow's Keras does.
 *
 * @param type Keras' name of the layer
 * @param path of its parameters in the model specification, such as {@code
 *     keras.config.layers[1].config}
 * @param place the layer's path in the model, such as {@code config.layers[1]}
 * @param transforms that replace it
 * @param resampling how it resamples; null if it only moves pixels or changes their values
 * @param valueRange the range to which it clips values; null if it does not clip
 * @param before the changes that the layers before it make to an image
 */
record KerasRandomLayer(
    String type,
    String path,
    String place,
    List<TransformSpec> transforms,
    Resampling resampling,
    List<Double> valueRange,
    KerasValues before) {

  /** Takes the layer's place in the list until it is known that the layer can be removed. */
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

  /** The parameters of each layer, except those that every layer has. */
  private static final Map<String, Set<String>> PARAMETERS =
      Map.of(
          FLIP, Set.of("mode"),
          ROTATION, Set.of("factor"),
          ZOOM, Set.of(HEIGHT, WIDTH),
          TRANSLATION, Set.of(HEIGHT, WIDTH),
          CONTRAST, Set.of("factor", "value_range"),
          BRIGHTNESS, Set.of("factor", "value_range"));

  /** Parameters that every layer has; none of them changes the resulting images. */
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

  /** Fill mode, fill value and interpolation, with Keras' names. */
  record Resampling(String fillMode, double fillValue, String interpolation) {}

  /** Whether a layer changes images at random. */
  static boolean isOne(JsonNode layer) {
    return PARAMETERS.containsKey(layer.path("class_name").asText());
  }

  boolean changesColours() {
    return valueRange != null;
  }

  /**
   * @param layer with channels last
   * @param path of the model
   * @param place the layer's path in the model
   * @param before the changes that the layers before it make to an image
   * @throws InvalidMessageException if a parameter is not supported; the error names it
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
    // Keras 3.6 and later, which write a data_format, draw once: an image is turned upside down or
    // stays unchanged.
    return List.of(
        new TransformSpec.Sequence(
            List.of(new TransformSpec.HorizontalFlip(1.0), new TransformSpec.VerticalFlip(1.0)),
            0.5));
  }

  /** The factor is a share of a full circle. */
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

  /** A factor of 0 leaves the image unchanged in Keras, and -0.5 shows half of it. */
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

  /** Converts {@code [lower, upper]} to the range 1 - lower to 1 + upper; lower is not negative. */
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

  /** Reads a number f as [-f, f], or a list of two numbers in any order, as Keras does. */
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
