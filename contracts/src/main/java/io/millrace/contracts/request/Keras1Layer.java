package io.millrace.contracts.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * A layer of Keras 1 with the names of Keras 2, renamed as Keras 2 itself does ({@code
 * keras.legacy.interfaces}). Initializers keep their meaning in Keras 1: {@code he_normal} is not
 * truncated, and {@code orthogonal} has a gain of 1.1.
 *
 * @param layer with a {@code class_name} and a {@code config}
 * @param written the names of the configuration's fields in the file, by their names in Keras 2
 */
record Keras1Layer(JsonNode layer, Map<String, String> written) {
  /** The layer that joins branches; Keras 2 still reads and writes it. */
  static final String MERGE = "Merge";

  private static final Map<String, String> TYPES =
      Map.of(
          "Convolution1D", "Conv1D",
          "Convolution2D", "Conv2D",
          "Convolution3D", "Conv3D",
          "AtrousConvolution1D", "Conv1D",
          "AtrousConvolution2D", "Conv2D",
          "SeparableConvolution2D", "SeparableConv2D",
          "Deconvolution2D", "Conv2DTranspose",
          "TimeDistributedDense", "Dense");

  /** The layer that replaces a Merge, by its mode. */
  private static final Map<String, String> MERGES =
      Map.of(
          "sum", "Add",
          "mul", "Multiply",
          "ave", "Average",
          "max", "Maximum",
          "concat", "Concatenate");

  private static final Map<String, String> FIELDS =
      Map.ofEntries(
          Map.entry("nb_filter", "filters"),
          Map.entry("filter_length", "kernel_size"),
          Map.entry("nb_row", "kernel_size"),
          Map.entry("border_mode", "padding"),
          Map.entry("subsample", "strides"),
          Map.entry("subsample_length", "strides"),
          Map.entry("atrous_rate", "dilation_rate"),
          Map.entry("pool_length", "pool_size"),
          Map.entry("stride", "strides"),
          Map.entry("length", "size"),
          Map.entry("output_dim", "units"),
          Map.entry("bias", "use_bias"),
          Map.entry("p", "rate"),
          Map.entry("sigma", "stddev"),
          Map.entry("init", "kernel_initializer"),
          Map.entry("inner_init", "recurrent_initializer"),
          Map.entry("beta_init", "beta_initializer"),
          Map.entry("gamma_init", "gamma_initializer"),
          Map.entry("inner_activation", "recurrent_activation"),
          Map.entry("dropout_W", "dropout"),
          Map.entry("dropout_U", "recurrent_dropout"),
          Map.entry("W_regularizer", "kernel_regularizer"),
          Map.entry("U_regularizer", "recurrent_regularizer"),
          Map.entry("b_regularizer", "bias_regularizer"),
          Map.entry("W_constraint", "kernel_constraint"),
          Map.entry("b_constraint", "bias_constraint"),
          Map.entry("forget_bias_init", "unit_forget_bias"));

  /** Names of fields that depend on the kind of layer. */
  private static final Map<String, Map<String, String>> OWN_FIELDS =
      Map.of(
          "Embedding",
              Map.of(
                  "output_dim", "output_dim",
                  "init", "embeddings_initializer",
                  "W_regularizer", "embeddings_regularizer",
                  "W_constraint", "embeddings_constraint"),
          "PReLU", Map.of("init", "alpha_initializer"));

  /**
   * Fields that are left out: they have no effect here, or belong to another field ({@code
   * nb_col}).
   */
  private static final Set<String> WITHOUT_EFFECT =
      Set.of("input_dtype", "input_length", "consume_less", "nb_col", "output_shape", "weights");

  static Keras1Layer of(JsonNode layer) {
    String type = layer.path("class_name").asText();
    if (type.equals(MERGE)) {
      return merge(layer.path("config"));
    }
    String name = TYPES.getOrDefault(type, type);
    var written = new HashMap<String, String>();
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    for (var entry : layer.path("config").properties()) {
      String field = entry.getKey();
      try {
        if (isUsed(name, field, entry.getValue())) {
          String own = OWN_FIELDS.getOrDefault(name, Map.of()).get(field);
          String now = own != null ? own : FIELDS.getOrDefault(field, field);
          config.set(now, value(field, entry.getValue(), layer.get("config")));
          written.put(now, field);
        }
      } catch (InvalidMessageException e) {
        throw e.within("config." + field);
      }
    }
    if (name.equals("SeparableConv2D") && config.has("kernel_initializer")) {
      JsonNode initializer = config.remove("kernel_initializer");
      config.set("depthwise_initializer", initializer);
      config.set("pointwise_initializer", initializer);
    }
    ObjectNode renamed = JsonNodeFactory.instance.objectNode().put("class_name", name);
    renamed.set("config", config);
    return new Keras1Layer(renamed, Map.copyOf(written));
  }

  private static Keras1Layer merge(JsonNode config) {
    if (config.has("layers")) {
      throw new InvalidMessageException(
          "config.layers",
          "are branches with separate inputs; give a Functional model with one input");
    }
    String mode = config.path("mode").asText();
    String name = MERGES.get(mode);
    if (name == null || !config.path("mode_type").asText("raw").equals("raw")) {
      throw new InvalidMessageException(
          "config.mode",
          Check.quote(mode) + " is not supported; give one of sum, mul, ave, max, concat");
    }
    ObjectNode renamed = JsonNodeFactory.instance.objectNode().put("class_name", name);
    ObjectNode now = renamed.putObject("config").put("name", config.path("name").asText());
    if (name.equals("Concatenate") && config.has("concat_axis")) {
      now.set("axis", config.get("concat_axis"));
    }
    return new Keras1Layer(renamed, Map.of("name", "name", "axis", "concat_axis"));
  }

  /** Returns the error with the field's name in the file. */
  InvalidMessageException asWritten(InvalidMessageException e) {
    String[] path = e.field().split("\\.", 3);
    if (path.length < 2 || !path[0].equals("config")) {
      return e;
    }
    String field = path[1].replaceFirst("\\[.*", "");
    String index = path[1].substring(field.length());
    String name = written.getOrDefault(field, field);
    if (name.equals("nb_row")) {
      name = index.equals("[1]") ? "nb_col" : name;
      index = "";
    }
    return new InvalidMessageException(
        "config." + name + index + (path.length > 2 ? "." + path[2] : ""), e.reason());
  }

  private static boolean isUsed(String type, String field, JsonNode value) {
    switch (field) {
      case "dim_ordering" -> {
        if (!value.asText().equals("tf")) {
          // KerasLayout has already converted channels first.
          throw new InvalidMessageException(
              "", Check.quote(value.asText()) + " is not supported; use 'tf' or 'th'");
        }
        return false;
      }
      case "mode" -> {
        if (type.equals("BatchNormalization") && value.asInt() != 0) {
          throw new InvalidMessageException(
              "",
              value.asInt()
                  + " is not supported; give 0, which normalizes each feature by the batch in"
                  + " training and by running statistics in evaluation");
        }
        return !type.equals("BatchNormalization");
      }
      case "input_dim" -> {
        return type.equals("Embedding");
      }
      default -> {
        return !WITHOUT_EFFECT.contains(field);
      }
    }
  }

  private static JsonNode value(String field, JsonNode value, JsonNode config) {
    if (field.equals("nb_row")) {
      return JsonNodeFactory.instance.arrayNode().add(value).add(config.path("nb_col"));
    }
    if (field.equals("forget_bias_init")) {
      return forgetBias(value.asText());
    }
    if ((field.equals("init") || field.endsWith("_init")) && value.isTextual()) {
      return initializer(value.textValue());
    }
    if (value.isObject() && value.has("name") && !value.has("class_name")) {
      return named((ObjectNode) value);
    }
    return value;
  }

  private static JsonNode forgetBias(String name) {
    return switch (name) {
      case "one", "ones" -> BooleanNode.TRUE;
      case "zero", "zeros" -> BooleanNode.FALSE;
      default ->
          throw new InvalidMessageException(
              "", Check.quote(name) + " is not supported; give 'one' or 'zero'");
    };
  }

  /** Follows {@code keras.initializations} of Keras 1.2.2. */
  private static JsonNode initializer(String name) {
    return switch (name) {
      case "uniform" -> TextNode.valueOf("random_uniform");
      case "normal" -> TextNode.valueOf("random_normal");
      case "glorot_normal" -> untruncated(1, "fan_avg");
      case "he_normal" -> untruncated(2, "fan_in");
      case "orthogonal" ->
          object("Orthogonal", JsonNodeFactory.instance.objectNode().put("gain", 1.1));
      default -> TextNode.valueOf(name);
    };
  }

  private static JsonNode untruncated(double scale, String mode) {
    return object(
        "VarianceScaling",
        JsonNodeFactory.instance
            .objectNode()
            .put("scale", scale)
            .put("mode", mode)
            .put("distribution", "untruncated_normal"));
  }

  /** Converts a regularizer or a constraint, which Keras 1 names among its parameters. */
  private static JsonNode named(ObjectNode object) {
    ObjectNode config = object.deepCopy();
    String name = config.remove("name").asText();
    if (config.has("m")) {
      config.set("max_value", config.remove("m"));
    }
    boolean weights = name.equals("WeightRegularizer") || name.equals("L1L2Regularizer");
    return object(weights ? "L1L2" : name, config);
  }

  private static JsonNode object(String type, ObjectNode config) {
    ObjectNode object = JsonNodeFactory.instance.objectNode().put("class_name", type);
    object.set("config", config);
    return object;
  }
}
