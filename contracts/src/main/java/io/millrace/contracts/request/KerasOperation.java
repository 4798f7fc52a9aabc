package io.millrace.contracts.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Map;

/**
 * An operation in place of a layer, which Keras writes for {@code x + 3.0}, {@code x / 255} or
 * {@code tf.nn.relu(x)} in a Functional model. Keras 3 has a class for each operation; TensorFlow's
 * Keras 2 writes a TensorFlowOpLayer (until 2.3) or a TFOpLambda.
 */
final class KerasOperation {
  static final String OPERATIONS = "keras.src.ops.";

  /** Operations of TensorFlow on two tensors, or on a tensor and a number. */
  private static final Map<String, String> OF_TWO =
      Map.ofEntries(
          Map.entry("add", "Add"),
          Map.entry("addv2", "Add"),
          Map.entry("sub", "Subtract"),
          Map.entry("subtract", "Subtract"),
          Map.entry("mul", "Multiply"),
          Map.entry("multiply", "Multiply"),
          Map.entry("realdiv", "Divide"),
          Map.entry("truediv", "Divide"),
          Map.entry("divide", "Divide"),
          Map.entry("maximum", "Maximum"),
          Map.entry("minimum", "Minimum"));

  /** Operations of TensorFlow on one tensor, and the equivalent activations. */
  private static final Map<String, String> OF_ONE =
      Map.ofEntries(
          Map.entry("elu", "elu"),
          Map.entry("exp", "exponential"),
          Map.entry("identity", "linear"),
          Map.entry("relu", "relu"),
          Map.entry("relu6", "relu6"),
          Map.entry("selu", "selu"),
          Map.entry("sigmoid", "sigmoid"),
          Map.entry("softmax", "softmax"),
          Map.entry("softplus", "softplus"),
          Map.entry("softsign", "softsign"),
          Map.entry("tanh", "tanh"));

  private KerasOperation() {}

  /**
   * Converts an operation on one tensor, on two tensors, or on a tensor and a number to the
   * equivalent layer. Returns other layers unchanged.
   *
   * @param call the index of the layer's call, see {@link KerasNodes}
   */
  static JsonNode asLayer(JsonNode layer, int call) {
    JsonNode node = layer.path("inbound_nodes").path(call);
    JsonNode config = layer.path("config");
    return switch (layer.path("class_name").asText()) {
      case "TensorFlowOpLayer" -> {
        JsonNode first = config.path("constants").path("0");
        JsonNode number = first.isMissingNode() ? config.path("constants").path("1") : first;
        boolean isOfTensors = config.path("constants").isEmpty();
        yield ofTensorFlow(
            layer,
            config.path("node_def").path("op").asText(),
            isOfTensors ? node.size() : number.isNumber() ? 2 : 0,
            number,
            !first.isMissingNode());
      }
      case "TFOpLambda" -> {
        JsonNode tensor = node.path(0).isTextual() ? node : node.path(0);
        JsonNode other = tensor.path(3).path("y");
        boolean isFirst = tensor.path(0).asText().equals(KerasNodes.CONSTANT);
        boolean isOne = other.isMissingNode() && !tensor.path(3).has("axis");
        boolean isSingle = node.path(0).isTextual() || node.size() == 1;
        yield ofTensorFlow(
            layer,
            config.path("function").asText(),
            !isSingle ? 0 : isOne ? 1 : other.isMissingNode() ? 0 : 2,
            isFirst ? tensor.path(2) : other,
            isFirst);
      }
      default -> ofKeras3(layer, node.path("args"));
    };
  }

  private static JsonNode ofKeras3(JsonNode layer, JsonNode arguments) {
    if (!layer.path("module").asText().startsWith(OPERATIONS) || arguments.size() != 2) {
      return layer;
    }
    boolean isFirst = arguments.get(0).isNumber();
    JsonNode number = isFirst ? arguments.get(0) : arguments.get(1);
    if (!number.isNumber() || arguments.get(isFirst ? 1 : 0).isNumber()) {
      return layer;
    }
    String type = layer.path("class_name").asText();
    String operation = type.equals("TrueDivide") ? "Divide" : type;
    return rescaling(layer, operation, number.doubleValue(), isFirst);
  }

  /**
   * @param operation such as {@code AddV2}, {@code math.add} or {@code __operators__.add}
   * @param arguments the number of its arguments; 0 if its form is not supported
   * @param number the argument that is a number; a node of another type if both are tensors
   * @param isFirst whether the number is the first argument
   */
  private static JsonNode ofTensorFlow(
      JsonNode layer, String operation, int arguments, JsonNode number, boolean isFirst) {
    String name = operation.substring(operation.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    if (arguments == 1 && OF_ONE.containsKey(name)) {
      ObjectNode activation = changed(layer, "Activation");
      ((ObjectNode) activation.get("config")).put("activation", OF_ONE.get(name));
      return activation;
    }
    String type = OF_TWO.get(name);
    if (arguments != 2 || type == null) {
      return layer;
    }
    if (number.isNumber()) {
      return rescaling(layer, type, number.doubleValue(), isFirst);
    }
    return type.equals("Divide") ? layer : changed(layer, type);
  }

  private static JsonNode rescaling(
      JsonNode layer, String operation, double value, boolean isFirst) {
    return switch (operation) {
      case "Add" -> rescaling(layer, 1, value);
      case "Multiply" -> rescaling(layer, value, 0);
      case "Subtract" -> isFirst ? rescaling(layer, -1, value) : rescaling(layer, 1, -value);
      case "Divide" -> isFirst || value == 0 ? layer : rescaling(layer, 1 / value, 0);
      default -> layer;
    };
  }

  private static JsonNode rescaling(JsonNode layer, double scale, double offset) {
    ObjectNode changed = changed(layer, "Rescaling");
    ((ObjectNode) changed.get("config")).put("scale", scale).put("offset", offset);
    return changed;
  }

  private static ObjectNode changed(JsonNode layer, String type) {
    ObjectNode changed = layer.deepCopy();
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    JsonNode written = layer.path("name");
    config.set("name", written.isMissingNode() ? layer.path("config").path("name") : written);
    changed.put("class_name", type).set("config", config);
    return changed;
  }
}
