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

/** The metrics of the ingest. */
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
        .description("Records held because of a fault in this service: 0 or 1")
        .register(registry);
    rows =
        Counter.builder("millrace.results.rows")
            .description("Rows inserted or updated in PostgreSQL")
            .register(registry);
    retries =
        Counter.builder("millrace.results.ingest.retries")
            .description("Batches retried because PostgreSQL was unavailable")
            .register(registry);
    batches =
        Timer.builder("millrace.results.ingest.batch")
            .description("Time from receiving a batch of records to committing it, including waits")
            .register(registry);
    age =
        Timer.builder("millrace.results.ingest.age")
            .description("Time from publishing the oldest event of a batch to committing it")
            .register(registry);
    for (String topic : List.of(Topics.TRAINING_EVENTS, Topics.TRAINING_COMMANDS)) {
      Gauge.builder("millrace.results.ingest.lag.records", () -> lag(clients, topic))
          .description("Records of the topic that the consumer has not fetched yet")
          .tag("topic", topic)
          .register(registry);
    }
  }

  /** Registers the counters at zero, so that Prometheus sees their first increase. */
  private void expectSkips() {
    for (String why : List.of("undecodable", "refused")) {
      registry.counter(SKIPPED, "topic", Topics.TRAINING_EVENTS, "reason", why);
    }
  }

  /** Counts an event, by its type. */
  void event(String type) {
    registry.counter("millrace.results.events", "type", type).increment();
  }

  /** Counts a record that went to the dead letters. */
  void skipped(String topic, String why) {
    registry.counter(SKIPPED, "topic", topic, "reason", why).increment();
  }

  /** Sets whether an event is held because of a fault in this service. */
  void held(boolean holds) {
    held.set(holds ? 1 : 0);
  }

  /** Counts a batch whose transaction failed because the database was unavailable. */
  void retried() {
    retries.increment();
  }

  /** Counts a written batch. */
  void written(int rowCount, Duration duration) {
    rows.increment(rowCount);
    batches.record(duration);
  }

  /** Records the age of the oldest event of a stored batch. */
  void stored(Duration oldest) {
    // A producer may set any timestamp, and a timer counts nanoseconds in 64 bits.
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
