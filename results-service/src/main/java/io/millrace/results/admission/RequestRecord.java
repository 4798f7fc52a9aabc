package io.millrace.results.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.event.RefusedBy;
import io.millrace.contracts.event.TrainingEvent.RunRejected;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.RunIds;
import io.millrace.messaging.Topics;
import io.millrace.messaging.TraceHeaders;
import io.opentelemetry.context.Context;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * A record that a user has published, whatever it holds.
 *
 * @param record as it came
 * @param place where it stands
 * @param isAnsweredBefore whether it was answered under the id that records without one had in
 *     earlier versions: it keeps that
 */
record RequestRecord(
    ConsumerRecord<byte[], byte[]> record, RequestPlace place, boolean isAnsweredBefore) {

  /**
   * @param cluster Kafka's id of the cluster
   */
  static RequestRecord of(ConsumerRecord<byte[], byte[]> record, String cluster) {
    return new RequestRecord(
        record,
        new RequestPlace(
            cluster,
            record.topic() + "-" + record.partition() + "@" + record.offset(),
            Instant.ofEpochMilli(record.timestamp())),
        false);
  }

  /** The same under its {@link #formerId}. */
  RequestRecord answeredBefore() {
    return new RequestRecord(record, place, true);
  }

  /**
   * What it asks for.
   *
   * @throws InvalidMessageException naming the field
   */
  RequestedRuns asked() {
    String key = key();
    if (key != null && !isName(key) && runOf(tree()) == null && tree() != null) {
      throw new InvalidMessageException(
          "run",
          "is missing, and the record's key "
              + Check.quote(key)
              + " is not a run id; give 1 to 100 letters, digits, '.', '_' or '-', the first a"
              + " letter or digit");
    }
    return RequestedRuns.read(record.value(), address());
  }

  /**
   * The id under which it is answered: that of the message, else the record's key, else one that
   * comes from its place, so that a record that comes again has the same.
   */
  String address() {
    String given = given();
    if (given != null) {
      return given;
    }
    return isAnsweredBefore ? formerId() : RunIds.fresh(tree(), source());
  }

  /** Whether neither the message nor the key has an id. */
  boolean isWithoutId() {
    return given() == null;
  }

  /** The id that earlier versions gave it, where it has none. */
  String formerId() {
    return "run-" + source();
  }

  private UUID source() {
    return UUID.nameUUIDFromBytes(place.id().getBytes(StandardCharsets.UTF_8));
  }

  private String given() {
    String run = runOf(tree());
    if (run != null) {
      return run;
    }
    return isName(key()) ? key() : null;
  }

  /** Whose token it was, where it was submitted over HTTP; else null. */
  String owner() {
    String owner = header(Topics.OWNER);
    return owner == null || owner.isBlank() || owner.length() > 200 ? null : owner;
  }

  /** The trace that it belongs to. */
  Context trace() {
    return TraceHeaders.read(record.headers());
  }

  /** The event that says that it is refused. */
  RunRejected rejected(String field, String reason, boolean conflict) {
    JsonNode tree = tree();
    boolean isTold =
        tree instanceof ObjectNode && record.value().length <= RunRejected.MAX_REQUEST_BYTES;
    return new RunRejected(
        null,
        address(),
        place.at(),
        field.isEmpty() ? null : field,
        reason,
        conflict,
        isTold ? tree : null,
        name(tree, "experiment"),
        name(tree, "variant"),
        RefusedBy.DESK);
  }

  private String key() {
    return record.key() == null ? null : new String(record.key(), StandardCharsets.UTF_8);
  }

  private String header(String name) {
    Header header = record.headers().lastHeader(name);
    return header == null || header.value() == null
        ? null
        : new String(header.value(), StandardCharsets.UTF_8);
  }

  /** The message as JSON; null where it is none. */
  private JsonNode tree() {
    try {
      return Messages.read(record.value(), JsonNode.class);
    } catch (InvalidMessageException e) {
      return null;
    }
  }

  private static String runOf(JsonNode tree) {
    return name(tree, "run");
  }

  private static String name(JsonNode tree, String field) {
    String text = tree == null ? null : tree.path(field).textValue();
    return isName(text) ? text : null;
  }

  private static boolean isName(String text) {
    try {
      Check.name("run", text);
      return true;
    } catch (InvalidMessageException e) {
      return false;
    }
  }
}
