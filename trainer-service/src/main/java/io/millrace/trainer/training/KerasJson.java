package io.millrace.trainer.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.contracts.json.Json;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.network.NetworkPlan;
import io.millrace.contracts.request.Activation;
import io.millrace.contracts.request.AttentionSpec;
import io.millrace.contracts.request.LayerSpec;
import io.millrace.contracts.request.MergingSpec;
import io.millrace.contracts.request.PlacedLayer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/**
 * A plan in Keras 3's model JSON, which {@code keras.models.model_from_json} reads: Sequential if
 * each layer takes the output of the layer before it, once, else Functional. Layers have the fields
 * that Keras has under the same name; a missing field has Keras' default.
 */
final class KerasJson {
  private static final ObjectMapper JSON = Json.MAPPER;

  /** Keras' module for the value of a layer's field, by the end of the field's name. */
  private static final Map<String, String> MODULES =
      Map.of(
          "_initializer", "keras.initializers",
          "_regularizer", "keras.regularizers",
          "_constraint", "keras.constraints");

  private KerasJson() {}

  /** The model's JSON. */
  static String of(NetworkPlan plan) {
    return plan.isChain() && plan.layers().stream().noneMatch(KerasJson::isAttention)
        ? sequential(plan)
        : functional(plan);
  }

  /** Whether Keras calls a layer with its input twice: as the query and as the value. */
  private static boolean isAttention(NetworkPlan.Layer layer) {
    return layer.spec() instanceof AttentionSpec;
  }

  private static String sequential(NetworkPlan plan) {
    ObjectNode config = JSON.createObjectNode().put("name", "sequential").put("dtype", "float32");
    ArrayNode layers = config.putArray("layers");
    layers.add(input(plan));
    plan.layers().forEach(layer -> layers.add(layer(layer)));
    return object("keras", "Sequential", config).toString();
  }

  private static String functional(NetworkPlan plan) {
    ObjectNode config = JSON.createObjectNode().put("name", "functional").put("trainable", true);
    ArrayNode layers = config.putArray("layers");
    ObjectNode input = input(plan).put("name", inputName(plan));
    input.putArray("inbound_nodes");
    layers.add(input);
    for (NetworkPlan.Layer layer : plan.layers()) {
      ObjectNode own = layer(layer).put("name", layer.summary().name());
      own.putArray("inbound_nodes").add(call(plan, layer));
      layers.add(own);
    }
    config.set("input_layers", place(inputName(plan)));
    NetworkPlan.Layer last = plan.layers().get(plan.layers().size() - 1);
    config.set("output_layers", place(last.summary().name()));
    ObjectNode model = object("keras.src.models.functional", "Functional", config);
    return model.put("registered_name", "Functional").toString();
  }

  /** A layer's call argument: its input tensor, or a list of them. */
  private static ObjectNode call(NetworkPlan plan, NetworkPlan.Layer layer) {
    ArrayNode tensors = JSON.createArrayNode();
    for (int i = 0; i < layer.inputs().size(); i++) {
      int source = layer.inputs().get(i);
      boolean isInput = source == PlacedLayer.INPUT;
      ObjectNode config = JSON.createObjectNode();
      ArrayNode shape = config.putArray("shape").addNull();
      layer.inputShapes().get(i).forEach(shape::add);
      config.put("dtype", "float32");
      config.set(
          "keras_history",
          place(isInput ? inputName(plan) : plan.layers().get(source).summary().name()));
      tensors.addObject().put("class_name", "__keras_tensor__").set("config", config);
    }
    if (isAttention(layer)) {
      tensors.add(tensors.get(0));
    }
    ObjectNode call = JSON.createObjectNode();
    ArrayNode arguments = call.putArray("args");
    if (layer.spec() instanceof MergingSpec || layer.spec() instanceof AttentionSpec.Attention) {
      arguments.add(tensors);
    } else {
      arguments.addAll(tensors);
    }
    call.putObject("kwargs");
    return call;
  }

  private static ArrayNode place(String layer) {
    return JSON.createArrayNode().add(layer).add(0).add(0);
  }

  private static ObjectNode input(NetworkPlan plan) {
    ObjectNode input = JSON.createObjectNode().put("dtype", "float32").put("name", inputName(plan));
    ArrayNode shape = input.putArray("batch_shape").addNull();
    plan.inputShape().forEach(shape::add);
    return object("keras.layers", "InputLayer", input);
  }

  /** A name that no layer has. */
  private static String inputName(NetworkPlan plan) {
    String name = "input";
    while (isTaken(plan, name)) {
      name += "_";
    }
    return name;
  }

  private static boolean isTaken(NetworkPlan plan, String name) {
    return plan.layers().stream().anyMatch(layer -> layer.summary().name().equals(name));
  }

  private static ObjectNode layer(NetworkPlan.Layer layer) {
    ObjectNode spec = json(layer.spec());
    if (!layer.trainable()) {
      spec.put("trainable", false);
      if (spec.get("layer") instanceof ObjectNode inner) {
        // Keras creates the inner layer first, and leaves it trainable.
        inner.put("trainable", false);
      }
    }
    if (layer.activityRegularizer() != null) {
      spec.set("activity_regularizer", Messages.tree(layer.activityRegularizer()));
    }
    return layer(spec, layer.summary().name());
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

  /** A function that Keras 3 has only if it is registered. */
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
