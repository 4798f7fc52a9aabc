package io.millrace.contracts.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Where a layer of a Functional model gets its input from: one of its {@code inbound_nodes}, in
 * Keras 3's form or in that of Keras 1 and 2.
 *
 * @param sources the outputs that it takes, in order; none for an input layer
 * @param inference whether it is called with {@code training} false, which holds it, and what is
 *     within it, in evaluation
 */
record KerasNodes(List<Source> sources, boolean inference) {

  /** An argument that Keras 3 writes for layers that use a mask. */
  private static final String MASK = "mask";

  /** Operations, written like layers, with which Keras 3 computes a mask. */
  private static final Set<String> OF_MASKS = Set.of("NotEqual", "Any");

  /** In the place of a layer's name: a number that an operation takes. */
  static final String CONSTANT = "_CONSTANT_VALUE";

  /**
   * The output of a layer's call.
   *
   * @param call of the layer that is used more than once, from 0
   */
  record Source(String layer, int call) {}

  /** Whether a layer is an operation that makes a mask. */
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
   * @param call of the layer, from 0
   */
  static KerasNodes of(JsonNode layer, int call) {
    JsonNode node = layer.path("inbound_nodes").path(call);
    boolean isModel = KerasModelReader.isModel(layer.path("class_name").asText());
    return node.isArray() ? ofLists(node) : ofArguments(node, isModel);
  }

  /** {@code [[name, node, tensor, arguments], …]}; of a single input without the outer list. */
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
   * {@code {"args": […], "kwargs": {…}}} with tensors among the arguments. Keras 3 writes {@code
   * training} false of every layer that has it, of models only where it was given.
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

  /** Rejects other inputs of an attention layer than its query, value and key. */
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

  /** The call in {@code [name, call, tensor]}; a layer has one output. */
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
