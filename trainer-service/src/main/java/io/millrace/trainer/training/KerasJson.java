package io.millrace.trainer.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.contracts.json.Json;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.network.NetworkPlan;
import io.millrace.contracts.request.Activation;
import io.millrace.contracts.request.LayerSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/**
 * A plan as Keras 3 writes a Sequential model: what {@code keras.models.model_from_json} reads.
 * Layers carry the fields that Keras has by the same name; what is not said is Keras' default.
 */
final class KerasJson {
  private static final ObjectMapper JSON = Json.MAPPER;

  /** Where Keras has what stands in a layer's field, by how the field's name ends. */
  private static final Map<String, String> MODULES =
      Map.of(
          "_initializer", "keras.initializers",
          "_regularizer", "keras.regularizers",
          "_constraint", "keras.constraints");

  private KerasJson() {}

  /** The model's JSON. */
  static String of(NetworkPlan plan) {
    ObjectNode config = JSON.createObjectNode().put("name", "sequential").put("dtype", "float32");
    ArrayNode layers = config.putArray("layers");
    ObjectNode input = JSON.createObjectNode().put("dtype", "float32").put("name", "input");
    ArrayNode shape = input.putArray("batch_shape").addNull();
    plan.inputShape().forEach(shape::add);
    layers.add(object("keras.layers", "InputLayer", input));
    for (NetworkPlan.Layer layer : plan.layers()) {
      layers.add(layer(json(layer.spec()), layer.summary().name()));
    }
    return object("keras", "Sequential", config).toString();
  }

  private static ObjectNode json(LayerSpec spec) {
    try {
      return (ObjectNode) JSON.readTree(Messages.write(spec));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ObjectNode layer(ObjectNode spec, String name) {
    String type = spec.remove("type").textValue();
    if (name != null) {
      spec.put("name", name);
    }
    for (String field : names(spec)) {
      JsonNode value = spec.get(field);
      if (field.equals("layer")) {
        spec.set(field, layer((ObjectNode) value, null));
      } else if (value.asText().equals(Activation.HARD_SIGMOID_KERAS2.json())) {
        spec.set(field, function(value.textValue()));
      } else if (value.isObject() && value.has("type")) {
        spec.set(field, named(field, (ObjectNode) value));
      }
    }
    return object("keras.layers", type, spec);
  }

  private static List<String> names(ObjectNode node) {
    return node.properties().stream().map(Map.Entry::getKey).toList();
  }

  private static ObjectNode named(String field, ObjectNode value) {
    String module = MODULES.get(field.substring(Math.max(0, field.lastIndexOf('_'))));
    String type = value.remove("type").textValue();
    return object(module, type, value);
  }

  /** A function that Keras 3 has only where it is registered. */
  private static ObjectNode function(String name) {
    ObjectNode function = JSON.createObjectNode();
    function.put("module", "builtins").put("class_name", "function").put("config", name);
    return function.put("registered_name", name);
  }

  private static ObjectNode object(String module, String type, ObjectNode config) {
    ObjectNode object = JSON.createObjectNode();
    object.put("module", module).put("class_name", type).set("config", config);
    return object.putNull("registered_name");
  }
}
