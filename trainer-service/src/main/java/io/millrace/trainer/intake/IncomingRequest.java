package io.millrace.trainer.intake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Json;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.sweep.Sweep;
import io.millrace.messaging.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * A record of the queue, understood or not.
 *
 * @param run under which it is answered: the request's own id, else the record's key, else an id
 *     that comes from the record's place, so that a redelivery has the same one
 * @param place {@code topic-partition@offset}
 * @param request with its run filled in; null where it cannot be understood
 * @param successorOf the place of the record that it stands for, where a trainer has put a request
 *     back on the queue; else null
 * @param complaint why it cannot; null where it can
 */
record IncomingRequest(
    String run,
    String place,
    TrainingRequest request,
    String successorOf,
    InvalidMessageException complaint) {
  private static final ObjectMapper JSON = Json.MAPPER;

  /** Reads a record of a cluster. */
  static IncomingRequest read(ConsumerRecord<byte[], byte[]> record, String cluster) {
    String place = record.topic() + "-" + record.partition() + "@" + record.offset();
    try {
      TrainingRequest request = Messages.readRequest(record.value());
      String run = Optional.ofNullable(request.run()).orElseGet(() -> key(record, cluster, place));
      return new IncomingRequest(run, place, request.withRun(run), successorOf(record), null);
    } catch (InvalidMessageException e) {
      String run = runOf(record.value()).orElseGet(() -> key(record, cluster, place));
      return new IncomingRequest(run, place, null, null, complaint(record.value(), e));
    }
  }

  /** Of a sweep it says more where it belongs than which of its fields no single run has. */
  private static InvalidMessageException complaint(byte[] value, InvalidMessageException e) {
    try {
      return Sweep.isSweep(value)
          ? new InvalidMessageException(
              "", "this is a sweep, for many runs; publish it on " + Topics.TRAINING_SWEEPS)
          : e;
    } catch (InvalidMessageException noMessage) {
      return e;
    }
  }

  private static String successorOf(ConsumerRecord<byte[], byte[]> record) {
    Header header = record.headers().lastHeader(Topics.SUCCESSOR_OF);
    return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
  }

  private static String key(ConsumerRecord<byte[], byte[]> record, String cluster, String place) {
    return Optional.ofNullable(record.key())
        .map(key -> new String(key, StandardCharsets.UTF_8))
        .filter(IncomingRequest::isName)
        .orElseGet(
            () ->
                "run-"
                    + UUID.nameUUIDFromBytes(
                        (cluster + "/" + place).getBytes(StandardCharsets.UTF_8)));
  }

  private static Optional<String> runOf(byte[] value) {
    if (value == null || value.length > Messages.MAX_BYTES) {
      return Optional.empty();
    }
    try {
      JsonNode run = JSON.readTree(value).path("run");
      return Optional.ofNullable(run.textValue()).filter(IncomingRequest::isName);
    } catch (IOException | StackOverflowError e) {
      return Optional.empty();
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
