package io.millrace.contracts.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * An operation of Keras 3 in the place of a layer, which it writes for {@code x + 3.0} or {@code x
 * / 255} in a Functional model.
 */
final class KerasOperation {
  private static final String OPERATIONS = "keras.src.ops.";

  private KerasOperation() {}

  /**
   * The layer that does the same where an operation takes a tensor and a number; else the layer.
   */
  static JsonNode asLayer(JsonNode layer) {
    JsonNode call = layer.path("inbound_nodes").path(0).path("args");
    if (!layer.path("module").asText().startsWith(OPERATIONS) || call.size() != 2) {
      return layer;
    }
    boolean isFirst = call.get(0).isNumber();
    JsonNode number = isFirst ? call.get(0) : call.get(1);
    if (!number.isNumber() || call.get(isFirst ? 1 : 0).isNumber()) {
      return layer;
    }
    double value = number.doubleValue();
    return switch (layer.path("class_name").asText()) {
      case "Add" -> rescaling(layer, 1, value);
      case "Multiply" -> rescaling(layer, value, 0);
      case "Subtract" -> isFirst ? rescaling(layer, -1, value) : rescaling(layer, 1, -value);
      case "TrueDivide", "Divide" -> isFirst || value == 0 ? layer : rescaling(layer, 1 / value, 0);
      default -> layer;
    };
  }

  private static JsonNode rescaling(JsonNode layer, double scale, double offset) {
    ObjectNode changed = layer.deepCopy();
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    config.put("name", layer.path("name").asText());
    config.put("scale", scale).put("offset", offset);
    changed.put("class_name", "Rescaling").set("config", config);
    return changed;
  }
}
