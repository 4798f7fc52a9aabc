package io.millrace.augmentation.intake;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.task.TaskFailure;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * JSON that is no task to this version: a newer trainer may have written it, and a newer augmenter
 * may understand it. So it is handed on a few times before the run is told.
 *
 * @param run whose task it is; null where it does not say
 * @param key of the answers
 * @param partition of the answers
 * @param complaint about what is not understood
 */
record UnknownTask(String run, String key, int partition, InvalidMessageException complaint) {
  /** The delivery by which it is answered: others have had half a minute to take it. */
  private static final int ANSWERED = 6;

  private static final String SOURCE = "source.";

  /** What a record holds; empty where that is no JSON object, to whatever version. */
  static Optional<UnknownTask> of(
      ConsumerRecord<byte[], byte[]> record, InvalidMessageException complaint) {
    JsonNode json;
    try {
      json = Messages.read(record.value(), JsonNode.class);
    } catch (InvalidMessageException e) {
      return Optional.empty();
    }
    if (!json.isObject()) {
      return Optional.empty();
    }
    return Optional.of(
        new UnknownTask(
            run(json.path("source").path("run")),
            record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8),
            json.path("partition").asInt(0),
            complaint));
  }

  private static String run(JsonNode node) {
    try {
      return node.isTextual() ? Check.name("run", node.textValue()) : null;
    } catch (InvalidMessageException e) {
      return null;
    }
  }

  /** Whether it is handed on, and not answered. */
  static boolean isHandedOn(int delivery) {
    return delivery < ANSWERED;
  }

  /** How long to keep it before it is handed on: 1, 2, 4, 8, 16 steps. */
  static Duration pause(int delivery, Duration step) {
    return step.multipliedBy(1L << Math.min(delivery, ANSWERED) - 1);
  }

  /** What the run ends with. */
  TaskFailure failure() {
    String field = complaint.field();
    String ofRequest = field.startsWith(SOURCE) ? field.substring(SOURCE.length()) : field;
    return new TaskFailure(
        null,
        ofRequest.isEmpty() ? null : ofRequest,
        "is not known to this version of the augmentation service: " + complaint.reason());
  }
}
