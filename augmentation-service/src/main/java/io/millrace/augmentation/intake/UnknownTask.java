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
 * JSON that this version does not support as a task: a newer trainer may have written it, and a
 * newer augmentation service may support it. So it is passed on a few times before the run fails.
 *
 * @param run the run of the task; null if it has none
 * @param key the key of the answers
 * @param partition the partition of the answers
 * @param complaint describes what is not supported
 */
record UnknownTask(String run, String key, int partition, InvalidMessageException complaint) {
  /**
   * The delivery that is answered with a failure, after other services had half a minute to take
   * the task.
   */
  private static final int ANSWERED = 6;

  private static final String SOURCE = "source.";

  /** Reads a record; empty if it is not a JSON object. */
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

  /** Whether it is passed on and not answered. */
  static boolean isHandedOn(int delivery) {
    return delivery < ANSWERED;
  }

  /** How long to hold it before it is passed on: 1, 2, 4, 8, 16 steps. */
  static Duration pause(int delivery, Duration step) {
    return step.multipliedBy(1L << Math.min(delivery, ANSWERED) - 1);
  }

  /** The failure with which the run ends. */
  TaskFailure failure() {
    String field = complaint.field();
    String ofRequest = field.startsWith(SOURCE) ? field.substring(SOURCE.length()) : field;
    return new TaskFailure(
        null,
        ofRequest.isEmpty() ? null : ofRequest,
        "is not supported by this version of the augmentation service: " + complaint.reason());
  }
}
