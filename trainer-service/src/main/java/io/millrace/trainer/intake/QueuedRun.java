package io.millrace.trainer.intake;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.messaging.Topics;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * A record of the queue. Admission has checked each run before it is queued, so a record that this
 * trainer cannot understand comes from a newer version, or from a writer without permission.
 *
 * @param run the id under which the run is reported: the request's own id, else the record's key,
 *     else an id derived from the record's place, so that a redelivery has the same one
 * @param place {@code topic-partition@offset}
 * @param request null if the record is not readable
 * @param requestedAt when the user requested it, by the broker's clock, in milliseconds since 1970
 * @param successorOf the place of the record that this one replaces, if a trainer has put the run
 *     back on the queue; else null
 * @param floor the run's claim must have a higher version for its events to count: see {@link
 *     Topics#CLAIM_FLOOR}
 * @param handedOnSince since when trainers have passed it on because they did not understand it, by
 *     the broker's clock
 * @param fault why the record is not readable; null if it is
 */
record QueuedRun(
    String run,
    String place,
    TrainingRequest request,
    long requestedAt,
    String successorOf,
    int floor,
    long handedOnSince,
    Unreadable fault) {
  private static final int MAX_FLOOR = 999_000_000;

  /**
   * Why a record is not readable.
   *
   * @param field the field at fault; empty for none
   * @param reason one sentence for the user, with the field
   * @param json the record's value if it is a JSON object, which may come from a newer version;
   *     else null
   */
  record Unreadable(String field, String reason, JsonNode json) {
    /** Whether a newer version may understand it. */
    boolean mayBeLater() {
      return json != null;
    }

    /** A text field of the request; null if missing. */
    String text(String name) {
      String text = json == null ? null : json.path(name).textValue();
      return text != null && isName(text) ? text : null;
    }
  }

  /** The experiment that the run belongs to; null if that is not readable. */
  String experiment() {
    return request == null ? fault.text("experiment") : request.experiment();
  }

  /** The variant that the run tries; null if that is not readable. */
  String variant() {
    return request == null ? fault.text("variant") : request.variant();
  }

  /** Reads a record of a cluster. Never throws, whatever the record holds. */
  static QueuedRun read(ConsumerRecord<byte[], byte[]> record, String cluster) {
    String place = record.topic() + "-" + record.partition() + "@" + record.offset();
    TrainingRequest request = null;
    Unreadable fault = null;
    try {
      request = Messages.readRequest(record.value());
      Check.required("run", request.run());
    } catch (InvalidMessageException e) {
      fault = new Unreadable(e.field(), e.getMessage(), json(record.value()));
      request = null;
    }
    return new QueuedRun(
        request == null ? run(record, fault, cluster, place) : request.run(),
        place,
        request,
        number(record, Topics.REQUESTED_AT).orElse(record.timestamp()),
        text(record, Topics.SUCCESSOR_OF).orElse(null),
        (int) Math.min(MAX_FLOOR, number(record, Topics.CLAIM_FLOOR).orElse(0)),
        number(record, Topics.HANDED_ON_SINCE).orElse(record.timestamp()),
        fault);
  }

  private static String run(
      ConsumerRecord<byte[], byte[]> record, Unreadable fault, String cluster, String place) {
    return Optional.ofNullable(fault.text("run"))
        .or(
            () ->
                Optional.ofNullable(record.key())
                    .map(key -> new String(key, StandardCharsets.UTF_8))
                    .filter(QueuedRun::isName))
        .orElseGet(
            () ->
                "run-"
                    + UUID.nameUUIDFromBytes(
                        (cluster + "/" + place).getBytes(StandardCharsets.UTF_8)));
  }

  /** A header's text; empty if the header has no value. */
  private static Optional<String> text(ConsumerRecord<byte[], byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null || header.value() == null
        ? Optional.empty()
        : Optional.of(new String(header.value(), StandardCharsets.UTF_8));
  }

  private static OptionalLong number(ConsumerRecord<byte[], byte[]> record, String name) {
    try {
      return text(record, name).map(Long::parseLong).filter(n -> n >= 0).stream()
          .mapToLong(Long::longValue)
          .findFirst();
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  private static JsonNode json(byte[] value) {
    try {
      JsonNode json = Messages.read(value, JsonNode.class);
      return json.isObject() ? json : null;
    } catch (InvalidMessageException | StackOverflowError e) {
      return null;
    }
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
