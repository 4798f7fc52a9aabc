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

/** Reads records: megabytes of JSON, which takes an event loop long. */
final class RecordDecoder {
  /** As trainers write it; their files have nine digits for it. */
  private static final Pattern CLAIM = Pattern.compile("[0-9]{1,9}");

  private RecordDecoder() {}

  /**
   * What records hold.
   *
   * @param events in the order of their records
   * @param unreadable the records that hold none
   */
  record Decoded(List<ReceivedEvent> events, List<Unreadable> unreadable) {}

  /**
   * A record that holds no event.
   *
   * @param why what is wrong with it
   */
  record Unreadable(ConsumerRecord<String, byte[]> record, String why) {}

  /** As {@link #read}, away from the event loop. */
  static Uni<Decoded> decode(ConsumerRecords<String, byte[]> records) {
    return Uni.createFrom()
        .item(() -> read(records))
        .runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
  }

  /**
   * The events of records. Whatever a record holds is no failure; a class that this build cannot
   * read is one, a {@link LinkageError}.
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
          Topics.CLAIM, Check.quote(version) + " is not the version of a claim; give 0..999999999");
    }
    return Integer.valueOf(version);
  }
}
