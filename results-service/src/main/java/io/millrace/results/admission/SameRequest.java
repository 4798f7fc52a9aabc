package io.millrace.results.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.TrainingRequest;
import java.util.List;
import java.util.Map;

/** How a request compares with the one that a run already has. */
final class SameRequest {
  /** What changes no number and no epoch of a run; an extension is a request of its own kind. */
  private static final List<String> BESIDE = List.of("extend", "priority");

  private static final List<String> NOT_OF_THE_COURSE =
      List.of("extend", "priority", "epochs", "tags");

  private SameRequest() {}

  /**
   * Whether it is the same.
   *
   * @param known as the database has it: of the data set also with what its trainer has found out
   */
  static boolean is(TrainingRequest asked, Map<String, Object> known) {
    return isAlike(asked, known, BESIDE);
  }

  /** Whether the numbers of both runs' steps would be the same, for as long as both train. */
  static boolean isSameCourse(TrainingRequest asked, Map<String, Object> known) {
    return isAlike(asked, known, NOT_OF_THE_COURSE);
  }

  /** Whether it is the request of a run that was extended since, told again. */
  static boolean isPartOf(TrainingRequest asked, Map<String, Object> known) {
    return isExtension(known) && asked.epochs() <= epochs(known) && isSameCourse(asked, known);
  }

  static boolean isExtension(Map<String, Object> known) {
    return Boolean.TRUE.equals(known.get("extend"));
  }

  static int epochs(Map<String, Object> known) {
    return known.get("epochs") instanceof Number epochs ? epochs.intValue() : 1;
  }

  private static boolean isAlike(
      TrainingRequest asked, Map<String, Object> known, List<String> leftOut) {
    ObjectNode one = tree(asked);
    ObjectNode other = tree(known);
    JsonNode asks = one.remove("dataset");
    JsonNode has = other.remove("dataset");
    one.remove(leftOut);
    other.remove(leftOut);
    return one.equals(other) && has != null && holds(has, asks);
  }

  /** Written and read, so that numbers are of the same kinds. */
  private static ObjectNode tree(Object message) {
    return (ObjectNode) Messages.read(Messages.write(message), JsonNode.class);
  }

  private static boolean holds(JsonNode all, JsonNode some) {
    for (Map.Entry<String, JsonNode> field : some.properties()) {
      if (!field.getValue().isNull() && !field.getValue().equals(all.get(field.getKey()))) {
        return false;
      }
    }
    return true;
  }
}
