package io.millrace.results.ingest;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.millrace.contracts.event.TrainingEvent;
import io.millrace.messaging.Topics;
import io.millrace.results.ingest.RecordDecoder.Unreadable;
import io.millrace.results.store.Tombstones;
import io.smallrye.common.annotation.Identifier;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jboss.logging.Logger;

/** Ingests training events. Offsets are committed after their batch's transaction. */
@ApplicationScoped
public class EventIngest {
  private static final Logger LOG = Logger.getLogger(EventIngest.class);

  private final IngestFault fault;
  private final DeadLetters deadLetters;
  private final BatchWriter writer;
  private final IngestMetrics metrics;
  private final IngestTraces traces;
  private final Positions positions;
  private final Tombstones tombstones;

  EventIngest(
      IngestFault fault,
      DeadLetters deadLetters,
      BatchWriter writer,
      IngestMetrics metrics,
      IngestTraces traces,
      @Identifier("positions") Positions positions,
      Tombstones tombstones) {
    this.fault = fault;
    this.deadLetters = deadLetters;
    this.tombstones = tombstones;
    this.writer = writer;
    this.positions = positions;
    this.metrics = metrics;
    this.traces = traces;
  }

  /** A batch of events. */
  @Incoming(Topics.TRAINING_EVENTS)
  public Uni<Void> take(ConsumerRecords<String, byte[]> records) {
    long start = System.nanoTime();
    Instant startedAt = Instant.now();
    return fault
        .holding("a batch", RecordDecoder.decode(records), failure -> false)
        .call(decoded -> moved(decoded.unreadable()))
        .map(RecordDecoder.Decoded::events)
        .call(
            events ->
                written(ReceivedEvent.byClaim(events))
                    .invoke(
                        rows -> metrics.written(rows, Duration.ofNanos(System.nanoTime() - start))))
        .invoke(events -> recordMetrics(events, startedAt, oldest(records)))
        .chain(events -> positions.reached(records));
  }

  /** Records metrics and traces. Their failure must not make the written batch fail. */
  private void recordMetrics(List<ReceivedEvent> events, Instant startedAt, Instant oldest) {
    try {
      events.forEach(event -> metrics.event(type(event.event())));
      traces.stored(events, startedAt);
      metrics.stored(Duration.between(oldest, Instant.now()));
    } catch (RuntimeException e) {
      LOG.warnf(
          e,
          "a batch of %d events is stored, but its metrics and traces are not recorded",
          events.size());
    }
  }

  private static Instant oldest(ConsumerRecords<String, byte[]> records) {
    var oldest = Instant.now();
    for (ConsumerRecord<String, byte[]> record : records) {
      var published = Instant.ofEpochMilli(record.timestamp());
      oldest = published.isBefore(oldest) ? published : oldest;
    }
    return oldest;
  }

  private Uni<Void> moved(List<Unreadable> records) {
    Uni<Void> done = Uni.createFrom().voidItem();
    for (Unreadable unreadable : records) {
      done = done.chain(() -> deadLetters.unreadable(unreadable));
    }
    return done;
  }

  /** Writes one part after the other. */
  private Uni<Integer> written(List<List<ReceivedEvent>> parts) {
    Uni<Integer> rows = Uni.createFrom().item(0);
    for (List<ReceivedEvent> part : parts) {
      rows =
          rows.chain(
              before ->
                  writer.write(part, this::counting, RowFolding::fold).map(more -> before + more));
    }
    return rows;
  }

  /** The events without leftovers of deleted runs. */
  private Uni<List<ReceivedEvent>> counting(List<ReceivedEvent> events) {
    var runs = events.stream().map(event -> event.event().run()).collect(Collectors.toSet());
    return tombstones.of(runs).map(deleted -> ReceivedEvent.counting(events, deleted));
  }

  private static String type(TrainingEvent event) {
    return event.getClass().getAnnotation(JsonTypeName.class).value();
  }
}
