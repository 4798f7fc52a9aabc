package io.millrace.contracts.sweep;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.contracts.InvalidMessageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A swept field.
 *
 * @param place its position in the request
 * @param path the same as errors name it, such as {@code model.layers[3].rate}
 * @param values the values that it takes
 */
record SweptField(JsonPointer place, String path, Values values) {
  /** The most swept fields of a sweep. */
  static final int MAX_AXES = 64;

  private static final String SWEEP = "sweep";
  private static final Pattern INDEX = Pattern.compile("\\[(\\d+)]");

  /** Whether a value is {@code {"sweep": …}}. */
  static boolean isSwept(JsonNode value) {
    return value.isObject() && value.size() == 1 && value.has(SWEEP);
  }

  /**
   * The swept fields of a request, in order.
   *
   * @throws InvalidMessageException naming the field
   */
  static List<SweptField> of(ObjectNode request) {
    var axes = new ArrayList<SweptField>();
    gather(request, null, axes);
    return axes;
  }

  /**
   * A step on the way to a value. The path is written only when it is needed.
   *
   * @param outer the enclosing step; null at the top level of the request
   * @param field the field of an object; null in a list
   * @param index the index in a list
   */
  private record Step(Step outer, String field, int index) {
    String path() {
      String before = outer == null ? "" : outer.path();
      return field == null
          ? before + "[" + index + "]"
          : before.isEmpty() ? field : before + "." + field;
    }

    JsonPointer pointer() {
      JsonPointer before = outer == null ? JsonPointer.empty() : outer.pointer();
      return field == null ? before.appendIndex(index) : before.appendProperty(field);
    }
  }

  private static void gather(JsonNode node, Step step, List<SweptField> axes) {
    if (step != null && isSwept(node)) {
      axes.add(axis(node.get(SWEEP), step, axes.size()));
    } else if (node.isObject()) {
      for (Map.Entry<String, JsonNode> field : node.properties()) {
        gather(field.getValue(), new Step(step, field.getKey(), 0), axes);
      }
    } else if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        gather(node.get(i), new Step(step, null, i), axes);
      }
    }
  }

  /** The path of the first swept field in a part of a request; null if there is none. */
  static String firstSwept(JsonNode part) {
    return firstSwept(part, null);
  }

  private static String firstSwept(JsonNode node, Step step) {
    if (step != null && isSwept(node)) {
      return step.path();
    }
    String first = null;
    if (node.isObject()) {
      for (Map.Entry<String, JsonNode> field : node.properties()) {
        first =
            first != null ? first : firstSwept(field.getValue(), new Step(step, field.getKey(), 0));
      }
    } else {
      for (int i = 0; i < node.size() && first == null; i++) {
        first = firstSwept(node.get(i), new Step(step, null, i));
      }
    }
    return first;
  }

  private static SweptField axis(JsonNode sweep, Step step, int before) {
    String path = step.path();
    if (before == MAX_AXES) {
      throw new InvalidMessageException(
          path, "is one swept field too many; sweep at most " + MAX_AXES);
    }
    if (contains(sweep)) {
      throw new InvalidMessageException(path, "is a sweep within a sweep; list every value");
    }
    try {
      return new SweptField(step.pointer(), path, Values.read(sweep));
    } catch (InvalidMessageException e) {
      throw e.within(path + "." + SWEEP);
    }
  }

  /** Whether a value or a part of it is swept. */
  static boolean contains(JsonNode node) {
    if (isSwept(node)) {
      return true;
    }
    for (JsonNode child : node) {
      if (contains(child)) {
        return true;
      }
    }
    return false;
  }

  /** Replaces the sweep with a value. */
  void set(ObjectNode request, JsonNode value) {
    JsonNode parent = request.at(place.head());
    JsonPointer last = place.last();
    if (parent instanceof ArrayNode array) {
      array.set(last.getMatchingIndex(), value);
    } else {
      ((ObjectNode) parent).set(last.getMatchingProperty(), value);
    }
  }

  /** The words of the path as used in names: {@code layers3}, {@code rate}, …. */
  List<String> words() {
    String[] words = INDEX.matcher(path).replaceAll("$1").split("\\.");
    return Stream.of(words).map(VariantNameParts::plain).toList();
  }
}
