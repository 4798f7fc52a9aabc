package io.millrace.contracts.sweep;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.contracts.InvalidMessageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A field that is swept.
 *
 * @param place in the request
 * @param path the same, as errors name it, such as {@code model.layers[3].rate}
 */
record Axis(JsonPointer place, String path, Values values) {
  private static final String SWEEP = "sweep";

  /** Whether a value stands for several. */
  static boolean isSwept(JsonNode value) {
    return value.isObject() && value.size() == 1 && value.has(SWEEP);
  }

  /**
   * The swept fields of a request, in their order.
   *
   * @throws InvalidMessageException naming the field
   */
  static List<Axis> of(ObjectNode request) {
    var axes = new ArrayList<Axis>();
    gather(request, JsonPointer.empty(), "", axes);
    return axes;
  }

  private static void gather(JsonNode node, JsonPointer place, String path, List<Axis> axes) {
    if (isSwept(node) && !path.isEmpty()) {
      JsonNode sweep = node.get(SWEEP);
      if (contains(sweep)) {
        throw new InvalidMessageException(path, "is a sweep within a sweep; name every value");
      }
      try {
        axes.add(new Axis(place, path, Values.read(sweep)));
      } catch (InvalidMessageException e) {
        throw e.within(path + "." + SWEEP);
      }
    } else if (node.isObject()) {
      for (Map.Entry<String, JsonNode> field : node.properties()) {
        String name = field.getKey();
        gather(
            field.getValue(),
            place.appendProperty(name),
            path.isEmpty() ? name : path + "." + name,
            axes);
      }
    } else if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        gather(node.get(i), place.appendIndex(i), path + "[" + i + "]", axes);
      }
    }
  }

  /** Whether a value, or one within it, is swept. */
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

  /** Puts a value where the sweep stands. */
  void set(ObjectNode request, JsonNode value) {
    JsonNode parent = request.at(place.head());
    JsonPointer last = place.last();
    if (parent instanceof ArrayNode array) {
      array.set(last.getMatchingIndex(), value);
    } else {
      ((ObjectNode) parent).set(last.getMatchingProperty(), value);
    }
  }

  /** The last {@code words} of the path as a name: {@code rate}, {@code layers3.rate}, …. */
  String label(int words) {
    String[] all = path.replaceAll("\\[(\\d+)]", "$1").split("\\.");
    int from = Math.max(0, all.length - words);
    return String.join(".", List.of(all).subList(from, all.length))
        .replaceAll("[^A-Za-z0-9._-]+", "-");
  }
}
