package io.millrace.contracts.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.WholeNumbers;
import java.util.Set;

/**
 * The order of the axes that a layer takes and gives. A file may have images as {@code [channels,
 * height, width]}; here they are {@code [height, width, channels]}. A tensor is <em>turned</em> if
 * its first axis in the file, the channels, is the last axis here.
 *
 * @param layer the layer, changed to channels last if its inputs are turned
 * @param takesTurned whether it takes turned inputs; otherwise it takes them as in the file
 * @param givesTurned whether its output is turned
 * @param isFormat whether a field of the layer says that channels are first; false for a Flatten
 * @param follows whether it computes value by value, so that its output keeps the order of axes
 */
record KerasLayout(
    JsonNode layer, boolean takesTurned, boolean givesTurned, boolean isFormat, boolean follows) {
  private static final String CHANNELS_FIRST = "channels_first";

  /** The name of channels first in Keras 1. */
  private static final String THEANO = "th";

  private static final Set<String> VALUE_BY_VALUE =
      Set.of(
          "AlphaDropout",
          "Dropout",
          "ELU",
          "GaussianDropout",
          "GaussianNoise",
          "LeakyReLU",
          "ReLU",
          "Rescaling",
          "ThresholdedReLU");

  /** Layers with a parameter for the axis of the channels, which must be the last axis here. */
  private static final Set<String> OVER_AN_AXIS =
      Set.of(
          "BatchNormalization",
          "GroupNormalization",
          "LayerNormalization",
          "Normalization",
          "Softmax",
          "UnitNormalization");

  private static final Set<String> JOIN_VALUE_BY_VALUE =
      Set.of("Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract");

  private static final Set<String> CONCATENATE = Set.of("Concatenate", Keras1Layer.MERGE);

  /**
   * @param layer in Keras' JSON
   * @param turned whether an input is turned
   * @param rank the number of axes of an input sample; 0 if unknown
   */
  static KerasLayout of(JsonNode layer, boolean turned, int rank) {
    String type = layer.path("class_name").asText();
    JsonNode config = layer.path("config");
    if (config.path("data_format").asText().equals(CHANNELS_FIRST)) {
      return ofFormat(layer, "data_format", "channels_last", turned, rank);
    }
    if (config.path("dim_ordering").asText().equals(THEANO)) {
      return ofFormat(layer, "dim_ordering", "tf", turned, rank);
    }
    boolean isSoftmax = config.path("activation").toString().contains("softmax");
    if (VALUE_BY_VALUE.contains(type) && !config.path("scale").isArray()
        || type.equals("Activation") && !isSoftmax) {
      return new KerasLayout(layer, turned, turned, false, true);
    }
    if (OVER_AN_AXIS.contains(type) && rank > 1 && isFirst(config.path("axis"), rank)) {
      return new KerasLayout(with(layer, "axis", IntNode.valueOf(-1)), true, true, false, false);
    }
    if (turned && JOIN_VALUE_BY_VALUE.contains(type)) {
      return new KerasLayout(layer, true, true, false, false);
    }
    if (turned && CONCATENATE.contains(type)) {
      return joined(layer, rank);
    }
    return new KerasLayout(layer, false, false, false, false);
  }

  private static KerasLayout ofFormat(
      JsonNode layer, String field, String last, boolean turned, int rank) {
    String type = layer.path("class_name").asText();
    JsonNode config = layer.path("config");
    JsonNode now = with(layer, field, TextNode.valueOf(last));
    if (type.equals("Flatten")) {
      // Keras puts the channels last before it flattens.
      return new KerasLayout(now, turned || rank > 1, false, false, false);
    }
    if (config.path("activation").toString().contains("softmax")) {
      throw new InvalidMessageException(
          "config.activation",
          "softmax over the width, the last axis with channels first, is not supported; use"
              + " 'linear', and for a softmax over the channels add a Softmax layer with axis 1");
    }
    boolean isFlat = type.startsWith("Global") && !config.path("keepdims").asBoolean();
    return new KerasLayout(now, true, !isFlat, true, false);
  }

  private static KerasLayout joined(JsonNode layer, int rank) {
    boolean isMerge = layer.path("class_name").asText().equals(Keras1Layer.MERGE);
    String field = isMerge ? "concat_axis" : "axis";
    JsonNode written = layer.path("config").path(field);
    if (isMerge && !layer.path("config").path("mode").asText().equals("concat")) {
      return new KerasLayout(layer, true, true, false, false);
    }
    if (!WholeNumbers.isInt(written) && !written.isMissingNode()) {
      return new KerasLayout(layer, false, false, false, false);
    }
    int axis = written.asInt(-1);
    int counted = axis < 0 ? rank + 1 + axis : axis;
    // Axis 1, the first of a sample, is the last one here; the other axes move forward by one.
    int now = counted == 1 ? rank : counted - 1;
    return counted < 1 || counted > rank
        ? new KerasLayout(layer, false, false, false, false)
        : new KerasLayout(with(layer, field, IntNode.valueOf(now)), true, true, false, false);
  }

  private static boolean isFirst(JsonNode written, int rank) {
    JsonNode axis = written.isArray() && written.size() == 1 ? written.get(0) : written;
    return WholeNumbers.isInt(axis) && (axis.intValue() == 1 || axis.intValue() == -rank);
  }

  private static JsonNode with(JsonNode layer, String field, JsonNode value) {
    ObjectNode changed = layer.deepCopy();
    ((ObjectNode) changed.get("config")).set(field, value);
    return changed;
  }

  /** The number of axes of an input sample of a layer with a format. */
  int axesOfFormat() {
    return layer.path("class_name").asText().contains("1D") ? 2 : 3;
  }
}
