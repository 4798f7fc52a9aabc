package io.millrace.results.ingest;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.millrace.messaging.Topics;
import io.smallrye.reactive.messaging.kafka.KafkaClientService;
import io.smallrye.reactive.messaging.kafka.KafkaConsumer;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** What the ingest tells Prometheus. */
@ApplicationScoped
public class IngestMetrics {
  private static final Duration MAX_AGE = Duration.ofDays(36_500);

  private static final String SKIPPED = "millrace.results.records.skipped";

  private final MeterRegistry registry;
  private final AtomicInteger held = new AtomicInteger();
  private final Counter rows;
  private final Counter retries;
  private final Timer batches;
  private final Timer age;

  IngestMetrics(MeterRegistry registry, KafkaClientService clients) {
    this.registry = registry;
    expectSkips();
    Gauge.builder("millrace.results.ingest.held.records", held, AtomicInteger::get)
        .description("Records that the service, by a fault of its own, cannot take in: 0 or 1")
        .register(registry);
    rows =
        Counter.builder("millrace.results.rows")
            .description("Rows made or changed in PostgreSQL")
            .register(registry);
    retries =
        Counter.builder("millrace.results.ingest.retries")
            .description("Batches that were tried again because PostgreSQL was away")
            .register(registry);
    batches =
        Timer.builder("millrace.results.ingest.batch")
            .description("From a batch of records to its committed transaction, waiting included")
            .register(registry);
    age =
        Timer.builder("millrace.results.ingest.age")
            .description("From the publication of a batch's oldest event to its transaction's end")
            .register(registry);
    for (String topic : List.of(Topics.TRAINING_EVENTS, Topics.TRAINING_COMMANDS)) {
      Gauge.builder("millrace.results.ingest.lag.records", () -> lag(clients, topic))
          .description("Records behind the end of the topic, those fetched already not counted")
          .tag("topic", topic)
          .register(registry);
    }
  }

  /** A counter that is there before there is anything to count shows its first increase. */
  private void expectSkips() {
    for (String why : List.of("undecodable", "refused")) {
      registry.counter(SKIPPED, "topic", Topics.TRAINING_EVENTS, "reason", why);
    }
  }

  /** An event, by its type. */
  void event(String type) {
    registry.counter("millrace.results.events", "type", type).increment();
  }

  /** A record that went to the dead letters. */
  void skipped(String topic, String why) {
    registry.counter(SKIPPED, "topic", topic, "reason", why).increment();
  }

  /** Whether an event is held that the service, by a fault of its own, cannot take in. */
  void held(boolean holds) {
    held.set(holds ? 1 : 0);
  }

  /** A batch whose transaction failed for want of a database. */
  void retried() {
    retries.increment();
  }

  /** A batch that is done. */
  void written(int rowCount, Duration duration) {
    rows.increment(rowCount);
    batches.record(duration);
  }

  /** Events that are stored, the oldest of which was published so long ago. */
  void stored(Duration oldest) {
    // A producer may write any time into its records; a timer counts nanoseconds in 64 bits.
    Duration known = oldest.compareTo(MAX_AGE) > 0 ? MAX_AGE : oldest;
    age.record(known.isNegative() ? Duration.ZERO : known);
  }

  private static double lag(KafkaClientService clients, String channel) {
    KafkaConsumer<?, ?> consumer = clients.getConsumer(channel);
    if (consumer == null) {
      return Double.NaN;
    }
    return consumer.unwrap().metrics().entrySet().stream()
        .filter(metric -> metric.getKey().name().equals("records-lag"))
        .map(metric -> metric.getValue().metricValue())
        .mapToDouble(value -> value instanceof Double lag && !lag.isNaN() ? lag : 0)
        .sum();
  }
}
