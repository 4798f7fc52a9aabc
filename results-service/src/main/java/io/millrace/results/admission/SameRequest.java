package io.millrace.results.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.TrainingRequest;
import java.util.List;
import java.util.Map;

/** Compares a request with the one that a run already has. */
final class SameRequest {
  /**
   * Fields that change neither the results nor the length of a run; extensions are decided
   * separately.
   */
  private static final List<String> NOT_COMPARED = List.of("extend", "priority");

  private static final List<String> NOT_IN_STEPS = List.of("extend", "priority", "epochs", "tags");

  private SameRequest() {}

  /**
   * Whether both requests are the same.
   *
   * @param known as stored in the database, where the trainer may have added fields to the data set
   */
  static boolean is(TrainingRequest request, Map<String, Object> known) {
    return isEqualExcept(request, known, NOT_COMPARED);
  }

  /** Whether both runs would have the same losses at every step that both train. */
  static boolean hasSameSteps(TrainingRequest request, Map<String, Object> known) {
    return isEqualExcept(request, known, NOT_IN_STEPS);
  }

  /** Whether it repeats the original request of a run that was extended since. */
  static boolean isRepeatedAfterExtension(TrainingRequest request, Map<String, Object> known) {
    return isExtension(known) && request.epochs() <= epochs(known) && hasSameSteps(request, known);
  }

  static boolean isExtension(Map<String, Object> known) {
    return Boolean.TRUE.equals(known.get("extend"));
  }

  static int epochs(Map<String, Object> known) {
    return known.get("epochs") instanceof Number epochs ? epochs.intValue() : 1;
  }

  private static boolean isEqualExcept(
      TrainingRequest request, Map<String, Object> known, List<String> excluded) {
    ObjectNode requestedTree = tree(request);
    ObjectNode knownTree = tree(known);
    JsonNode requestedDataset = requestedTree.remove("dataset");
    JsonNode knownDataset = knownTree.remove("dataset");
    requestedTree.remove(excluded);
    knownTree.remove(excluded);
    return requestedTree.equals(knownTree)
        && knownDataset != null
        && contains(knownDataset, requestedDataset);
  }

  /** The message as JSON, written and read again so that equal numbers have equal types. */
  private static ObjectNode tree(Object message) {
    return (ObjectNode) Messages.read(Messages.write(message), JsonNode.class);
  }

  private static boolean contains(JsonNode larger, JsonNode smaller) {
    for (Map.Entry<String, JsonNode> field : smaller.properties()) {
      if (!field.getValue().isNull() && !field.getValue().equals(larger.get(field.getKey()))) {
        return false;
      }
    }
    return true;
  }
}
