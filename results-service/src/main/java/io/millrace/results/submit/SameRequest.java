package io.millrace.results.submit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.TrainingRequest;
import java.util.List;
import java.util.Map;

/** Whether a request is the one that a run already has. */
final class SameRequest {
  private SameRequest() {}

  /**
   * @param known as the database has it: of the data set also with what its trainer has found out
   */
  static boolean is(TrainingRequest asked, Map<String, Object> known) {
    ObjectNode one = tree(asked);
    ObjectNode other = tree(known);
    JsonNode asks = one.remove("dataset");
    JsonNode has = other.remove("dataset");
    // An extension changes the epochs of the run that it goes on with, and is asked of its trainer.
    one.remove(List.of("extend"));
    other.remove(List.of("extend"));
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
