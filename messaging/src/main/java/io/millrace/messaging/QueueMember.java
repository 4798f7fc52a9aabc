package io.millrace.messaging;

import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;

/**
 * A member of a share group that takes from one topic. Once it has been polled in vain it fetches
 * by itself: it may have acquired a record before it is polled again, and keeps that from others
 * until it is closed.
 */
final class QueueMember {
  private static final Duration SLICE = Duration.ofMillis(100);

  private final KafkaShareConsumer<byte[], byte[]> consumer;
  private long polledAt = System.nanoTime();

  QueueMember(KafkaSettings kafka, String group, String topic, int fetchMillis) {
    consumer = kafka.shareMember(group, fetchMillis);
    consumer.subscribe(List.of(topic));
  }

  KafkaShareConsumer<byte[], byte[]> consumer() {
    return consumer;
  }

  /** A record; null where there is none. */
  Taken poll(Duration longest) {
    long lockedAt = polledAt;
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(longest)) {
      // It was acquired after the last poll, perhaps long before this one.
      return new Taken(this, record, lockedAt);
    }
    polledAt = System.nanoTime();
    return null;
  }

  /** Polls until the broker has answered that there is none. */
  Taken pollUntilAnswered(Duration longest) {
    long end = System.nanoTime() + longest.toNanos();
    Taken taken;
    do {
      taken = poll(SLICE);
    } while (taken == null && metric("fetch-total") == 0 && System.nanoTime() - end < 0);
    return taken;
  }

  /** A poll says nothing of a broker that is away: it returns empty. */
  boolean isConnected() {
    return metric("connection-count") > 0;
  }

  /** Its record is settled, or renewed: it has nothing else in hand. */
  void settled() {
    polledAt = System.nanoTime();
  }

  private double metric(String name) {
    return consumer.metrics().values().stream()
        .filter(metric -> metric.metricName().name().equals(name))
        .map(metric -> metric.metricValue())
        .filter(Number.class::isInstance)
        .mapToDouble(value -> ((Number) value).doubleValue())
        .filter(value -> !Double.isNaN(value))
        .sum();
  }

  /** What it has acquired goes back to the queue, and counts as delivered once. */
  void close(Duration longest) {
    consumer.close(longest);
  }

  /**
   * A record that was taken.
   *
   * @param lockedAt no later than the time at which its lock began, by {@link System#nanoTime}
   */
  record Taken(QueueMember member, ConsumerRecord<byte[], byte[]> record, long lockedAt) {}
}
