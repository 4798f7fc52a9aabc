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
 * A record that a user published as a request, valid or not.
 *
 * @param record as received
 * @param place of the record on Kafka
 * @param hasFormerId whether an earlier version answered it with {@link #formerId}, which it keeps
 */
record RequestRecord(
    ConsumerRecord<byte[], byte[]> record, RequestPlace place, boolean hasFormerId) {

  /**
   * @param cluster the Kafka cluster id
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

  /** The same record with its {@link #formerId}. */
  RequestRecord withFormerId() {
    return new RequestRecord(record, place, true);
  }

  /**
   * The runs that it requests.
   *
   * @throws InvalidMessageException naming the field
   */
  RequestedRuns requestedRuns() {
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
   * The id in its answer: that of the message, else the record's key, else one that is derived from
   * its place, so that a redelivered record has the same id.
   */
  String address() {
    String givenId = givenId();
    if (givenId != null) {
      return givenId;
    }
    return hasFormerId ? formerId() : RunIds.fresh(tree(), source());
  }

  /** Whether neither the message nor the key has an id. */
  boolean isWithoutId() {
    return givenId() == null;
  }

  /** The id that earlier versions assigned to a record without one. */
  String formerId() {
    return "run-" + source();
  }

  private UUID source() {
    return UUID.nameUUIDFromBytes(place.id().getBytes(StandardCharsets.UTF_8));
  }

  private String givenId() {
    String run = runOf(tree());
    if (run != null) {
      return run;
    }
    return isName(key()) ? key() : null;
  }

  /** The name of the submitter's token; null if it was not submitted over HTTP. */
  String owner() {
    String owner = header(Topics.OWNER);
    return owner == null || owner.isBlank() || owner.length() > 200 ? null : owner;
  }

  /** The trace that it belongs to. */
  Context trace() {
    return TraceHeaders.read(record.headers());
  }

  /** The event that reports its rejection. */
  RunRejected rejected(String field, String reason, boolean conflict) {
    JsonNode tree = tree();
    boolean includesRequest =
        tree instanceof ObjectNode && record.value().length <= RunRejected.MAX_REQUEST_BYTES;
    return new RunRejected(
        null,
        address(),
        place.at(),
        field.isEmpty() ? null : field,
        reason,
        conflict,
        includesRequest ? tree : null,
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

  /** The message as JSON; null if it is not JSON. */
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
