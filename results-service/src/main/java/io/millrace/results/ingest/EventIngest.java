package io.millrace.results.ingest;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.millrace.contracts.event.TrainingEvent;
import io.millrace.contracts.kafka.Topics;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/** Takes events in. Offsets are committed after their batch's transaction. */
@ApplicationScoped
public class EventIngest {
  private final RecordDecoder decoder;
  private final BatchWriter writer;
  private final IngestMetrics metrics;

  EventIngest(RecordDecoder decoder, BatchWriter writer, IngestMetrics metrics) {
    this.decoder = decoder;
    this.writer = writer;
    this.metrics = metrics;
  }

  /** A batch of events. */
  @Incoming(Topics.TRAINING_EVENTS)
  public Uni<Void> take(ConsumerRecords<String, byte[]> records) {
    long start = System.nanoTime();
    return Decoding.offLoop(records, decoder::event)
        .call(
            events ->
                writer
                    .write(Topics.TRAINING_EVENTS, events, RowFolding::fold)
                    .invoke(
                        rows -> metrics.written(rows, Duration.ofNanos(System.nanoTime() - start))))
        .invoke(events -> events.forEach(event -> metrics.event(type(event))))
        .replaceWithVoid();
  }

  private static String type(TrainingEvent event) {
    return event.getClass().getAnnotation(JsonTypeName.class).value();
  }
}
