package io.millrace.contracts.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.json.WholeNumbers;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Converts a layer in Keras' JSON, {@code {"class_name": …, "config": {…}}}, to a layer of a
 * request. Keras writes every parameter: a parameter that a request does not have must have a value
 * that changes nothing.
 */
final class KerasLayerConfig {
  /** Parameters that have no effect here. */
  private static final Set<String> WITHOUT_EFFECT =
      Set.of(
          // KerasModelReader reads it.
          "activity_regularizer",
          "batch_input_shape",
          "batch_shape",
          "build_config",
          // Only a Resizing that pads uses these two, and it is refused.
          "fill_mode",
          "fill_value",
          "implementation",
          "input_length",
          // Keras 2 writes the three shapes for an attention layer that is built.
          "key_shape",
          "query_shape",
          "renorm_momentum",
          "seed",
          // KerasModelReader reads it.
          "trainable",
          "unroll",
          "use_cudnn",
          "use_legacy_config",
          "value_shape",
          // It is true for the layers in a Bidirectional; KerasModelReader checks other layers.
          "zero_output_for_mask");

  /** Accepted types. In mixed precision Keras computes in 16 bits; here computation uses 32. */
  private static final Set<String> FLOATS = Set.of("float32", "mixed_float16", "mixed_bfloat16");

  private static final String VOLUMES = "takes volumes, which are not supported; use ";
  private static final String OPERATION =
      "runs an operation of TensorFlow, which is not supported; use a layer that does the same,"
          + " such as Add or Rescaling";
  private static final String AUGMENTS =
      "changes samples within the network, which is not supported; leave it out, and give the"
          + " request's augmentation ";
  private static final String COLOUR_JITTER = "the transform color_jitter";

  /** Advice for layers that are often requested and not supported. */
  private static final Map<String, String> ADVICE =
      Map.ofEntries(
          Map.entry(
              "Lambda",
              "runs Python code, which is not supported; use layers that do the same, or leave it"
                  + " out if it only divides pixels, x / 255: the data set's images are already"
                  + " scaled"),
          Map.entry("TFOpLambda", OPERATION),
          Map.entry("SlicingOpLambda", OPERATION),
          Map.entry("TensorFlowOpLayer", OPERATION),
          Map.entry("Conv3D", VOLUMES + "Conv2D or Conv1D"),
          Map.entry("MaxPooling3D", VOLUMES + "MaxPooling2D or MaxPooling1D"),
          Map.entry("SpatialDropout3D", VOLUMES + "SpatialDropout2D or SpatialDropout1D"),
          Map.entry(
              "ConvLSTM2D",
              "takes series of images, which no data set has; use Conv2D for images and LSTM for"
                  + " series"),
          Map.entry("RandomCrop", AUGMENTS + "the transform random_crop"),
          Map.entry("RandomShear", AUGMENTS + "the transform shear"),
          Map.entry("RandomPerspective", AUGMENTS + "the transform perspective"),
          Map.entry("RandomElasticTransform", AUGMENTS + "the transform elastic"),
          Map.entry("RandomColorJitter", AUGMENTS + COLOUR_JITTER),
          Map.entry("RandomHue", AUGMENTS + COLOUR_JITTER),
          Map.entry("RandomSaturation", AUGMENTS + COLOUR_JITTER),
          Map.entry("RandomGrayscale", AUGMENTS + "the transform grayscale"),
          Map.entry("RandomGaussianBlur", AUGMENTS + "the transform gaussian_blur"),
          Map.entry("RandomErasing", AUGMENTS + "the transform cutout"),
          Map.entry("RandAugment", AUGMENTS + "the transform rand_augment"),
          Map.entry("MixUp", AUGMENTS + "the transform mixup"),
          Map.entry("CutMix", AUGMENTS + "the transform cutmix"));

  /** The supported values of parameters, as JSON. */
  private static final Map<String, List<String>> ONLY =
      Map.ofEntries(
          Map.entry("data_format", List.of("null", "\"channels_last\"")),
          Map.entry("groups", List.of("1")),
          Map.entry("interpolation", List.of("\"nearest\"")),
          Map.entry("antialias", List.of("false")),
          Map.entry("crop_to_aspect_ratio", List.of("false")),
          Map.entry("pad_to_aspect_ratio", List.of("false")),
          Map.entry("invert", List.of("false")),
          Map.entry("output_padding", List.of("null")),
          Map.entry("noise_shape", List.of("null")),
          Map.entry("return_state", List.of("false")),
          Map.entry("output_shape", List.of("null")),
          // Keras writes [1], the meaning of null.
          Map.entry("attention_axes", List.of("[1]", "null")),
          Map.entry("flash_attention", List.of("false", "null")),
          Map.entry("sliding_window", List.of("null")),
          Map.entry("use_gate", List.of("false")),
          Map.entry("causal", List.of("false")),
          Map.entry("stateful", List.of("false")),
          Map.entry("time_major", List.of("false")),
          Map.entry("renorm", List.of("false")),
          Map.entry("renorm_clipping", List.of("null")),
          Map.entry("fused", List.of("null", "true", "false")),
          Map.entry("virtual_batch_size", List.of("null")),
          Map.entry("adjustment", List.of("null")),
          Map.entry("synchronized", List.of("false")),
          Map.entry("rms_scaling", List.of("false")),
          Map.entry("lora_rank", List.of("null")),
          Map.entry("lora_alpha", List.of("null")),
          Map.entry("quantization_config", List.of("null")),
          Map.entry("beta_constraint", List.of("null")),
          Map.entry("gamma_constraint", List.of("null")));

  /** Input types that are read as single precision. */
  private static final Set<String> HALVES = Set.of("float16", "bfloat16");

  /** Input types that are integers. */
  private static final Set<String> WHOLE_NUMBERS = Set.of("int32", "int64", "uint8");

  /**
   * Layers that output whole numbers for whole numbers: they only move, select or repeat values.
   */
  private static final Set<String> MOVES =
      Set.of(
          "Cropping1D",
          "Cropping2D",
          "Flatten",
          "GlobalMaxPooling1D",
          "GlobalMaxPooling2D",
          "MaxPooling1D",
          "MaxPooling2D",
          "Permute",
          "RepeatVector",
          "Reshape",
          "UpSampling1D",
          "UpSampling2D",
          "ZeroPadding1D",
          "ZeroPadding2D");

  /**
   * Layers that compute the same from whole numbers as from the same numbers in single precision:
   * they cast their input, or their weights have single precision. An Embedding casts its input to
   * whole numbers. Other layers round (a bilinear Resizing), overflow (a LayerNormalization) or
   * fail (a DepthwiseConv2D).
   */
  private static final Set<String> OF_WHOLE_NUMBERS =
      Set.of(
          "BatchNormalization",
          "Bidirectional",
          "CenterCrop",
          "Conv1D",
          "Conv2D",
          "Dense",
          "Embedding",
          "GRU",
          "LSTM",
          "Normalization",
          "Rescaling",
          "SimpleRNN");

  private KerasLayerConfig() {}

  /**
   * @param layer in Keras' JSON
   * @param rank the number of axes of an input sample; 0 if unknown
   * @param version of the Keras that wrote it
   */
  static LayerSpec read(JsonNode layer, int rank, KerasVersion version) {
    String type = layer.path("class_name").asText();
    if (ADVICE.containsKey(type)) {
      throw new InvalidMessageException("class_name", type + " " + ADVICE.get(type));
    }
    if (!layer.path("config").isObject()) {
      throw new InvalidMessageException("config", "is not an object");
    }
    if (type.equals("Rescaling") && layer.path("config").path("scale").isArray()) {
      return rescalingByChannel(layer.get("config"));
    }
    if (version != KerasVersion.KERAS_1 && !type.equals(Keras1Layer.MERGE)) {
      return readRenamed(layer, rank, version);
    }
    Keras1Layer renamed = Keras1Layer.of(layer);
    try {
      return readRenamed(renamed.layer(), rank, version);
    } catch (InvalidMessageException e) {
      throw renamed.asWritten(e);
    }
  }

  /**
   * Converts a Rescaling with a scale per channel, as in Keras' EfficientNets, to a Normalization.
   */
  private static LayerSpec rescalingByChannel(JsonNode config) {
    ObjectNode spec = JsonNodeFactory.instance.objectNode().put("type", "Normalization");
    spec.set("name", config.path("name").isTextual() ? config.get("name") : null);
    ArrayNode means = spec.putArray("mean");
    ArrayNode variances = spec.putArray("variance");
    JsonNode offset = config.path("offset");
    for (int i = 0; i < config.get("scale").size(); i++) {
      double scale = config.get("scale").get(i).asDouble();
      if (!(scale > 0)) {
        throw new InvalidMessageException(
            "config.scale[" + i + "]",
            text(config.get("scale").get(i)) + " is not supported; give a number above 0");
      }
      double added = offset.isArray() ? offset.path(i).asDouble() : offset.asDouble();
      means.add(0 - added / scale);
      variances.add(1 / (scale * scale));
    }
    return convert(spec);
  }

  /** The penalty on a layer's output; null for none. */
  static Regularizer activityRegularizer(JsonNode config) {
    JsonNode value = config.path("activity_regularizer");
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    try {
      JsonNode plain = value.isObject() && value.has("class_name") ? named(value) : value;
      return Regularizer.parse(plain);
    } catch (InvalidMessageException e) {
      throw e.within("config.activity_regularizer");
    }
  }

  private static LayerSpec readRenamed(JsonNode layer, int rank, KerasVersion version) {
    boolean thresholded = layer.path("class_name").asText().equals("ThresholdedReLU");
    // Keras 3 has only a ReLU with a threshold.
    String written = thresholded ? "ReLU" : layer.path("class_name").asText();
    boolean ofCudnn = written.equals("CuDNNLSTM") || written.equals("CuDNNGRU");
    // Keras 2's GPU-only layers use the default activations of an LSTM and a GRU.
    String type = ofCudnn ? written.substring("CuDNN".length()) : written;
    JsonNode config = layer.get("config");
    ObjectNode spec = JsonNodeFactory.instance.objectNode().put("type", type);
    if (thresholded) {
      spec.put("threshold", 1.0);
    }
    if (type.equals("Normalization")) {
      checkStatistics(config);
    }
    LayerSpec backward = null;
    for (var entry : config.properties()) {
      String field = entry.getKey();
      JsonNode value = entry.getValue();
      try {
        if (field.equals("backward_layer")) {
          backward = value.isNull() ? null : read(value, rank, version);
        } else if (!isTypeOfNumbers(type, field, value, version)
            && isUsed(type, field, value, rank)) {
          JsonNode now = field.equals("layer") ? value : meant(value, version);
          put(spec, type, field, now, rank, version);
        }
      } catch (InvalidMessageException e) {
        throw e.within("config." + field);
      }
    }
    if (type.equals("GRU") && version.isBeforeKeras3() && !config.has("reset_after")) {
      spec.put("reset_after", ofCudnn);
    }
    LayerSpec read = convert(spec);
    checkBackward(read, backward);
    return read;
  }

  /**
   * Whether a parameter is the type of an Embedding's input: before Keras 3 a layer's {@code dtype}
   * may be the type of its input, and the vectors still have single precision.
   */
  private static boolean isTypeOfNumbers(
      String type, String field, JsonNode value, KerasVersion version) {
    return version.isBeforeKeras3()
        && type.equals("Embedding")
        && field.equals("dtype")
        && WHOLE_NUMBERS.contains(value.asText());
  }

  /**
   * Whether a parameter becomes a parameter of the request. Rejects other parameters that have an
   * effect.
   */
  private static boolean isUsed(String type, String field, JsonNode value, int rank) {
    if (field.equals("dtype")) {
      checkType(value, "");
      return false;
    }
    if (type.equals("Normalization") && field.equals("axis") && isWhole(value)) {
      return false;
    }
    if (type.equals("Resizing") && field.equals("interpolation")) {
      return true;
    }
    if (field.equals("axis") && !type.equals("Concatenate")) {
      checkLastAxis(value, rank);
      return false;
    }
    if (type.equals("GroupNormalization") && field.equals("groups")) {
      return true;
    }
    if (field.equals("moving_mean_initializer") || field.equals("moving_variance_initializer")) {
      checkName(value, field.equals("moving_mean_initializer") ? "Zeros" : "Ones");
      return false;
    }
    if (field.equals("merge_mode") && value.isNull()) {
      throw new InvalidMessageException(
          "",
          "null is not supported: it outputs one tensor per direction, but a layer has one output;"
              + " give concat, sum, mul or ave");
    }
    // These layers inherit the fields from a base class in Keras, but have no such weights.
    boolean own = !type.equals("SeparableConv2D") && !type.equals("DepthwiseConv2D");
    if (!own && field.startsWith("kernel_") && !field.equals("kernel_size")) {
      return false;
    }
    if (type.equals("DepthwiseConv2D") && field.equals("filters")) {
      return false;
    }
    if (type.equals("Dropout") && field.equals("noise_shape")) {
      return !value.isNull();
    }
    List<String> allowed = ONLY.get(field);
    String written = WholeNumbers.isInt(value) ? "" + value.intValue() : value.toString();
    if (allowed != null && !allowed.contains(written)) {
      if (field.equals("stateful")) {
        throw new InvalidMessageException(
            "",
            "true keeps the state of one batch for the next, which is not supported: samples are"
                + " shuffled in every epoch; give false");
      }
      throw new InvalidMessageException("", text(value) + " is not supported; " + advice(allowed));
    }
    return allowed == null && !WITHOUT_EFFECT.contains(field);
  }

  private static String advice(List<String> allowed) {
    String value = allowed.get(allowed.size() - 1);
    if (value.equals("null")) {
      return "leave it out";
    }
    return value.startsWith("\"") ? "use " + value.replace('"', '\'') : "give " + value;
  }

  /** A value as an error shows it. */
  private static String text(JsonNode value) {
    return value.isTextual() ? Check.quote(value.textValue()) : Check.cut(value.toString());
  }

  /** Converts a value to the form of a request, with the names of Keras 3. */
  private static JsonNode meant(JsonNode value, KerasVersion version) {
    JsonNode plain = value.isObject() && value.has("class_name") ? named(value) : value;
    if (!version.isBeforeKeras3()) {
      return plain;
    }
    if (plain.asText().equals("hard_sigmoid")) {
      return TextNode.valueOf(Activation.HARD_SIGMOID_KERAS2.json());
    }
    if (plain != value && plain.path("distribution").asText().equals("normal")) {
      ((ObjectNode) plain).put("distribution", "truncated_normal");
    }
    return plain;
  }

  private static void put(
      ObjectNode spec, String type, String field, JsonNode value, int rank, KerasVersion version) {
    boolean oldSlope = type.equals("LeakyReLU") && field.equals("alpha");
    boolean theta = type.equals("ReLU") && field.equals("theta");
    String name = oldSlope ? "negative_slope" : theta ? "threshold" : field;
    if (field.equals("layer")) {
      if (value.path("config").hasNonNull("activity_regularizer")) {
        throw new InvalidMessageException(
            "config.activity_regularizer",
            "is not supported for a layer within another; give it to the outer one");
      }
      spec.set(name, Messages.tree(read(value, rank, version)));
    } else if (type.contains("1D") && value.isArray() && value.size() == 1) {
      spec.set(name, value.get(0));
    } else {
      spec.set(name, value);
    }
  }

  /** An initializer, regularizer or constraint in the form of a request; an activation's name. */
  private static JsonNode named(JsonNode object) {
    JsonNode config = object.path("config");
    String type = object.path("class_name").asText();
    if (type.equals("function")) {
      return config;
    }
    ObjectNode named = JsonNodeFactory.instance.objectNode().put("type", type);
    for (var entry : config.properties()) {
      JsonNode value = entry.getValue();
      if (!value.isNull() && !entry.getKey().equals("seed") && !entry.getKey().equals("dtype")) {
        // A Constant may be a list of one number.
        boolean isOfOne = type.equals("Constant") && value.isArray() && value.size() == 1;
        named.set(entry.getKey(), isOfOne ? value.get(0) : value);
      }
    }
    return named;
  }

  private static LayerSpec convert(ObjectNode spec) {
    try {
      return Messages.readStrictly(spec, LayerSpec.class);
    } catch (InvalidMessageException e) {
      if (e.field().equals("type")) {
        throw new InvalidMessageException("class_name", e.reason());
      }
      throw e.within("config");
    }
  }

  /**
   * Refuses an input layer that is sparse, ragged or optional, or that has an unsupported type.
   * Here all samples have single precision, which represents every whole number of a pixel or of an
   * embedding exactly. Results differ only if Keras itself computes with whole numbers; {@link
   * #keepsWhole} refuses the layers that do.
   *
   * @return whether the layers after it take whole numbers
   */
  static boolean checkInput(JsonNode config) {
    boolean whole = WHOLE_NUMBERS.contains(config.path("dtype").asText());
    if (!whole && !HALVES.contains(config.path("dtype").asText())) {
      checkType(config.path("dtype"), "config.dtype");
    }
    for (String field : List.of("sparse", "ragged", "optional")) {
      if (config.path(field).asBoolean()) {
        throw new InvalidMessageException("config." + field, "true is not supported; give false");
      }
    }
    return whole;
  }

  /**
   * Whether a layer outputs whole numbers if its input is whole numbers.
   *
   * @throws InvalidMessageException if Keras computes other values from whole numbers, or fails
   */
  static boolean keepsWhole(LayerSpec layer) {
    if (MOVES.contains(layer.type())) {
      return true;
    }
    if (!OF_WHOLE_NUMBERS.contains(layer.type())) {
      throw new InvalidMessageException(
          "",
          layer.type()
              + " takes an input of integers, for which Keras computes other values or fails; give"
              + " the input layer the dtype 'float32'");
    }
    return false;
  }

  /**
   * Checks that a type, given as a name or as a policy, is single or mixed precision; weights have
   * single precision in both.
   */
  static void checkType(JsonNode dtype, String field) {
    JsonNode name = dtype.isObject() ? dtype.path("config").path("name") : dtype;
    if (!name.isMissingNode() && !name.isNull() && !FLOATS.contains(name.asText())) {
      throw new InvalidMessageException(field, text(name) + " is not supported; use 'float32'");
    }
  }

  /**
   * Checks that a Normalization has both statistics, and that they are numbers if its axis is null.
   */
  private static void checkStatistics(JsonNode config) {
    for (String field : List.of("mean", "variance")) {
      if (!config.hasNonNull(field)) {
        throw new InvalidMessageException(
            "config." + field,
            "is not given, but the other one is; give both, or neither, so that the data set's"
                + " standardization replaces the layer");
      }
      if (config.get(field).isArray() && config.has("axis") && isWhole(config.get("axis"))) {
        throw new InvalidMessageException(
            "config." + field,
            "is a list, but axis null takes a number; give a number, or axis -1");
      }
    }
  }

  /**
   * Whether an axis is null: all values then share the statistics. Keras 3 writes an empty list.
   */
  private static boolean isWhole(JsonNode axis) {
    return axis.isNull() || axis.isArray() && axis.isEmpty();
  }

  static void checkLastAxis(JsonNode value, int rank) {
    JsonNode axis = value.isArray() && value.size() == 1 ? value.get(0) : value;
    if (!WholeNumbers.isInt(axis) || axis.intValue() != -1 && axis.intValue() != rank) {
      throw new InvalidMessageException(
          "", Check.cut(value.toString()) + " is not the last axis; give -1");
    }
  }

  private static void checkName(JsonNode value, String expected) {
    String name = value.isObject() ? value.path("class_name").asText() : value.asText();
    if (!name.equalsIgnoreCase(expected)) {
      throw new InvalidMessageException(
          "", Check.cut(name) + " is not supported; give " + expected);
    }
  }

  /** Checks that both directions have the same layer, because a request has one layer for both. */
  private static void checkBackward(LayerSpec read, LayerSpec backward) {
    if (backward == null || !(read instanceof RecurrentSpec.Bidirectional both)) {
      return;
    }
    ObjectNode there = (ObjectNode) Messages.tree(both.layer());
    ObjectNode back = (ObjectNode) Messages.tree(backward);
    boolean reversed =
        there.path("go_backwards").asBoolean() != back.path("go_backwards").asBoolean();
    for (ObjectNode node : List.of(there, back)) {
      node.remove(List.of("name", "go_backwards"));
    }
    if (!reversed || !there.equals(back)) {
      throw new InvalidMessageException(
          "config.backward_layer",
          "is not the same layer with go_backwards reversed; leave it out");
    }
  }
}
