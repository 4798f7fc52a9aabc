package io.millrace.contracts.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.WholeNumbers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What Keras takes by name, {@code "l2"}, or with parameters, {@code {"type": "L2", "l2": 0.001}}.
 * A name is the same in camel and in snake case. An unknown field is rejected.
 */
final class NamedObject {
  private final ObjectNode node;
  private final String name;
  private final Set<String> known = new HashSet<>(Set.of("type"));

  private NamedObject(ObjectNode node, String name) {
    this.node = node;
    this.name = name;
  }

  static NamedObject of(JsonNode node, String what) {
    if (node.isTextual()) {
      return new NamedObject(JsonNodeFactory.instance.objectNode(), node.textValue());
    }
    if (!node.isObject()) {
      throw new InvalidMessageException("", "is not " + what + "; give a name or an object");
    }
    JsonNode type = node.get("type");
    if (type == null || !type.isTextual()) {
      throw new InvalidMessageException("type", "is required");
    }
    return new NamedObject((ObjectNode) node, type.textValue());
  }

  /** The name in small letters alone: {@code GlorotUniform} and {@code glorot_uniform} are one. */
  String key() {
    return name.replace("_", "").toLowerCase(java.util.Locale.ROOT);
  }

  InvalidMessageException unknown(String choices) {
    return new InvalidMessageException(
        node.isEmpty() ? "" : "type", Check.quote(name) + " is not known; give one of " + choices);
  }

  /** A number within {@code min..max}. */
  double number(String field, double defaultValue, double min, double max) {
    JsonNode value = take(field);
    if (value == null) {
      return defaultValue;
    }
    if (!value.isNumber()) {
      throw new InvalidMessageException(field, Check.cut(value.toString()) + " is not a number");
    }
    return Check.range(field, value.doubleValue(), min, max);
  }

  /** One of some words. */
  String word(String field, String defaultValue, List<String> words) {
    JsonNode value = take(field);
    if (value == null) {
      return defaultValue;
    }
    if (!value.isTextual() || !words.contains(value.textValue())) {
      throw new InvalidMessageException(
          field,
          Check.cut(value.toString()) + " is not known; give one of " + String.join(", ", words));
    }
    return value.textValue();
  }

  /** Different axes within {@code 0..3}, given as a number or a list. */
  List<Integer> axes(String field) {
    JsonNode value = take(field);
    if (value == null) {
      return List.of(0);
    }
    var axes = new ArrayList<Integer>();
    for (JsonNode axis : value.isArray() ? value : List.of(value)) {
      if (!WholeNumbers.isInt(axis)
          || axis.intValue() < 0
          || axis.intValue() > 3
          || axes.contains(axis.intValue())) {
        throw new InvalidMessageException(
            field, Check.cut(value.toString()) + " is not an axis; give 0..3, or a list of them");
      }
      axes.add(axis.intValue());
    }
    Check.size(field, axes, 1, 4);
    return axes;
  }

  private JsonNode take(String field) {
    known.add(field);
    JsonNode value = node.get(field);
    return value == null || value.isNull() ? null : value;
  }

  /** Rejects unknown fields. */
  void finish() {
    node.fieldNames()
        .forEachRemaining(
            field -> {
              if (!known.contains(field)) {
                known.remove("type");
                throw new InvalidMessageException(
                    Check.cut(field),
                    "is not a field of "
                        + Check.cut(name)
                        + (known.isEmpty() ? "" : "; give one of " + known));
              }
            });
  }

  /** The name, or an object with the name and its numbers. */
  static JsonNode json(String name, Object... parameters) {
    if (parameters.length == 0) {
      return TextNode.valueOf(name);
    }
    ObjectNode object = JsonNodeFactory.instance.objectNode().put("type", name);
    for (int i = 0; i < parameters.length; i += 2) {
      object.putPOJO((String) parameters[i], parameters[i + 1]);
    }
    return object;
  }
}
