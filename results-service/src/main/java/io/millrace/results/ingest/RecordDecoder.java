package io.millrace.results.ingest;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.event.TrainingEvent;
import io.millrace.contracts.json.Messages;
import io.millrace.messaging.Topics;
import io.millrace.messaging.TraceHeaders;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.header.Header;

/** Decodes records. They may be megabytes of JSON, too much for an event loop. */
final class RecordDecoder {
  /** A claim as trainers write it; their file names have nine digits for it. */
  private static final Pattern CLAIM = Pattern.compile("[0-9]{1,9}");

  private RecordDecoder() {}

  /**
   * The decoded records.
   *
   * @param events in the order of their records
   * @param unreadable the records that contain no event
   */
  record Decoded(List<ReceivedEvent> events, List<Unreadable> unreadable) {}

  /**
   * A record that contains no event.
   *
   * @param why the reason
   */
  record Unreadable(ConsumerRecord<String, byte[]> record, String why) {}

  /** Runs {@link #read} outside the event loop. */
  static Uni<Decoded> decode(ConsumerRecords<String, byte[]> records) {
    return Uni.createFrom()
        .item(() -> read(records))
        .runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
  }

  /**
   * The events of records. Invalid content is not a failure. A class that this build cannot load is
   * one, a {@link LinkageError}.
   */
  static Decoded read(Iterable<ConsumerRecord<String, byte[]>> records) {
    var events = new ArrayList<ReceivedEvent>();
    var unreadable = new ArrayList<Unreadable>();
    for (ConsumerRecord<String, byte[]> record : records) {
      try {
        events.add(event(record));
      } catch (InvalidMessageException e) {
        unreadable.add(new Unreadable(record, e.getMessage()));
      } catch (RuntimeException | StackOverflowError e) {
        unreadable.add(new Unreadable(record, e.toString()));
      }
    }
    return new Decoded(events, unreadable);
  }

  private static ReceivedEvent event(ConsumerRecord<String, byte[]> record) {
    TrainingEvent event = Messages.read(record.value(), TrainingEvent.class);
    Check.name("run", event.run());
    return new ReceivedEvent(
        event,
        claim(record),
        record.value(),
        TraceHeaders.read(record.headers()),
        Instant.ofEpochMilli(record.timestamp()));
  }

  private static Integer claim(ConsumerRecord<?, ?> record) {
    Header header = record.headers().lastHeader(Topics.CLAIM);
    if (header == null) {
      return null;
    }
    String version =
        header.value() == null ? "null" : new String(header.value(), StandardCharsets.UTF_8);
    if (!CLAIM.matcher(version).matches()) {
      throw new InvalidMessageException(
          Topics.CLAIM, Check.quote(version) + " is not a claim version; give 0 to 999999999");
    }
    return Integer.valueOf(version);
  }
}
