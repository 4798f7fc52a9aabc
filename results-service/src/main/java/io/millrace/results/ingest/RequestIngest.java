package io.millrace.results.ingest;

import io.millrace.messaging.Topics;
import io.millrace.results.store.Rows;
import io.millrace.results.store.Tombstones;
import io.smallrye.common.annotation.Identifier;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.eclipse.microprofile.reactive.messaging.Incoming;

/** Takes requests in, whose runs are queued until an event says otherwise. */
@ApplicationScoped
public class RequestIngest {
  private final RecordDecoder decoder;
  private final BatchWriter writer;
  private final IngestMetrics metrics;
  private final Positions positions;
  private final Tombstones tombstones;

  RequestIngest(
      RecordDecoder decoder,
      BatchWriter writer,
      IngestMetrics metrics,
      @Identifier("positions") Positions positions,
      Tombstones tombstones) {
    this.decoder = decoder;
    this.tombstones = tombstones;
    this.writer = writer;
    this.metrics = metrics;
    this.positions = positions;
  }

  /** A batch of requests. */
  @Incoming(Topics.TRAINING_REQUESTS)
  public Uni<Void> take(ConsumerRecords<String, byte[]> records) {
    long start = System.nanoTime();
    return Decoding.offLoop(records, decoder::request)
        .call(
            requests ->
                writer
                    .write(Topics.TRAINING_REQUESTS, requests, this::counting, RequestIngest::rows)
                    .invoke(
                        rows -> metrics.written(rows, Duration.ofNanos(System.nanoTime() - start))))
        .invoke(requests -> requests.forEach(request -> metrics.event("request")))
        .chain(requests -> positions.reached(records));
  }

  /** Without requests of runs that were deleted since. */
  private Uni<List<SeenRequest>> counting(List<SeenRequest> requests) {
    var runs = requests.stream().map(request -> request.queued().run()).collect(Collectors.toSet());
    return tombstones
        .of(runs)
        .map(
            deleted ->
                requests.stream()
                    .filter(
                        request -> {
                          var tombstone = deleted.get(request.queued().run());
                          return tombstone == null || request.queued().at().isAfter(tombstone.at());
                        })
                    .toList());
  }

  private static Rows rows(List<SeenRequest> requests) {
    return new Rows(
        requests.stream().<Rows.Turn>map(SeenRequest::queued).toList(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        requests.stream().map(LogLines::of).toList());
  }
}
