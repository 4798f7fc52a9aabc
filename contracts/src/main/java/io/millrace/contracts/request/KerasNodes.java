package io.millrace.contracts.request;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a layer of a Functional model gets its input from, its {@code inbound_nodes}, in Keras 3's
 * form or in that of Keras 1 and 2.
 *
 * @param sources names of the layers whose outputs it takes, in order; none for an input layer
 * @param inference whether it is called with {@code training} false, which holds it, and what is
 *     within it, in evaluation
 */
record KerasNodes(List<String> sources, boolean inference) {

  /**
   * @param layer of a Functional model
   * @throws InvalidMessageException where the layer is called more than once
   */
  static KerasNodes of(JsonNode layer) {
    JsonNode nodes = layer.path("inbound_nodes");
    if (nodes.size() > 1) {
      throw new InvalidMessageException(
          "inbound_nodes",
          "call the layer "
              + nodes.size()
              + " times; a layer that is used more than once is not supported: give each use a"
              + " layer of its own");
    }
    JsonNode node = nodes.path(0);
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
    var sources = new ArrayList<String>();
    boolean inference = false;
    for (JsonNode input : inputs) {
      sources.add(source(input));
      JsonNode arguments = input.path(3);
      checkAttention(arguments);
      for (String field : List.of("value", "key")) {
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
    var sources = new ArrayList<String>();
    for (JsonNode history : node.findValues("keras_history")) {
      sources.add(source(history));
    }
    boolean inference = ofModel && isFalse(node.path("kwargs").path("training"));
    return new KerasNodes(sources, inference);
  }

  /** Refuses what an attention layer may be called with beside its query, value and key. */
  private static void checkAttention(JsonNode arguments) {
    for (String field : List.of("use_causal_mask", "return_attention_scores", "attention_mask")) {
      JsonNode value = arguments.path(field);
      if (!value.isMissingNode() && !value.isNull() && !isFalse(value)) {
        throw new InvalidMessageException(
            "inbound_nodes",
            "call the layer with "
                + field
                + ", which is not supported: each time attends to all times, and the layer has one"
                + " output; leave it out");
      }
    }
  }

  private static boolean isFalse(JsonNode value) {
    return value.isBoolean() && !value.booleanValue();
  }

  /** The name in {@code [name, node, tensor]}; a layer has one output. */
  static String source(JsonNode tensor) {
    if (tensor.path(2).asInt() != 0) {
      throw new InvalidMessageException(
          "inbound_nodes",
          "take the output "
              + tensor.path(2).asInt()
              + " of "
              + Check.cut(tensor.path(0).asText())
              + "; a layer has one output here, which is number 0");
    }
    return tensor.path(0).asText();
  }
}
