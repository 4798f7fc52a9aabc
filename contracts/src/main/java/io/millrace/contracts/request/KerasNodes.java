package io.millrace.contracts.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The inputs of one call of a layer in a Functional model: one of its {@code inbound_nodes}, in the
 * form of Keras 3 or in that of Keras 1 and 2.
 *
 * @param sources the outputs that it takes, in order; empty for an input layer
 * @param inference whether it is called with {@code training} false: it, and the layers in it, then
 *     run in training as in evaluation
 */
record KerasNodes(List<Source> sources, boolean inference) {

  /** An argument that Keras 3 writes for layers that use a mask. */
  private static final String MASK = "mask";

  /** Operations that compute a mask; Keras 3 writes them like layers. */
  private static final Set<String> OF_MASKS = Set.of("NotEqual", "Any");

  /** Replaces a layer's name if an operation takes a number. */
  static final String CONSTANT = "_CONSTANT_VALUE";

  /**
   * The output of a layer's call.
   *
   * @param call the index of the layer's call, from 0
   */
  record Source(String layer, int call) {}

  /** Whether a layer is an operation that computes a mask. */
  static boolean isOfMask(JsonNode layer) {
    return OF_MASKS.contains(layer.path("class_name").asText())
        && layer.path("module").asText().startsWith(KerasOperation.OPERATIONS);
  }

  /** How often a layer is called; 1 for an input layer. */
  static int calls(JsonNode layer) {
    return Math.max(1, layer.path("inbound_nodes").size());
  }

  /**
   * @param layer of a Functional model
   * @param call the index of the layer's call, from 0
   */
  static KerasNodes of(JsonNode layer, int call) {
    JsonNode node = layer.path("inbound_nodes").path(call);
    boolean isModel = KerasModelReader.isModel(layer.path("class_name").asText());
    return node.isArray() ? ofLists(node) : ofArguments(node, isModel);
  }

  /** Reads {@code [[name, node, tensor, arguments], …]}; a single input may lack the outer list. */
  private static KerasNodes ofLists(JsonNode node) {
    List<JsonNode> inputs = new ArrayList<>();
    if (node.path(0).isTextual()) {
      inputs.add(node);
    } else {
      node.forEach(inputs::add);
    }
    var sources = new ArrayList<Source>();
    boolean inference = false;
    for (JsonNode input : inputs) {
      if (!input.path(0).asText().equals(CONSTANT)) {
        sources.add(source(input));
      }
      JsonNode arguments = input.path(3);
      checkAttention(arguments);
      for (String field : List.of("value", "key", "y")) {
        if (arguments.path(field).path(0).isTextual()) {
          sources.add(source(arguments.path(field)));
        }
      }
      inference |= isFalse(arguments.path("training"));
    }
    return new KerasNodes(sources, inference);
  }

  /**
   * Reads {@code {"args": […], "kwargs": {…}}} with tensors among the arguments. Keras 3 writes
   * {@code training} false for every layer that has the argument, but for a model only if the
   * caller gave it.
   */
  private static KerasNodes ofArguments(JsonNode node, boolean ofModel) {
    checkAttention(node.path("kwargs"));
    var sources = new ArrayList<Source>();
    for (var part : node.properties()) {
      JsonNode tensors = part.getValue();
      if (tensors.has(MASK)) {
        // LayerMasks decides how masks propagate.
        tensors = ((ObjectNode) tensors.deepCopy()).without(MASK);
      }
      tensors.findValues("keras_history").forEach(history -> sources.add(source(history)));
    }
    boolean inference = ofModel && isFalse(node.path("kwargs").path("training"));
    return new KerasNodes(sources, inference);
  }

  /** Rejects arguments of an attention layer that are not supported. */
  private static void checkAttention(JsonNode arguments) {
    for (String field : List.of("use_causal_mask", "return_attention_scores", "attention_mask")) {
      JsonNode value = arguments.path(field);
      if (!value.isMissingNode() && !value.isNull() && !isFalse(value)) {
        throw new InvalidMessageException(
            "inbound_nodes",
            "call the layer with "
                + field
                + ", which is not supported: each time step attends to all time steps, and the"
                + " layer has one output; leave it out");
      }
    }
  }

  private static boolean isFalse(JsonNode value) {
    return value.isBoolean() && !value.booleanValue();
  }

  /** Reads the call in {@code [name, call, tensor]}; a layer has only one output. */
  static Source source(JsonNode tensor) {
    if (tensor.path(2).asInt() != 0) {
      throw new InvalidMessageException(
          "inbound_nodes",
          "take output "
              + tensor.path(2).asInt()
              + " of "
              + Check.cut(tensor.path(0).asText())
              + "; a layer has only output 0 here");
    }
    return new Source(tensor.path(0).asText(), tensor.path(1).asInt());
  }
}
