package io.millrace.messaging;

import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;

/**
 * A member of a share group that takes records from one topic. After a poll without a record the
 * client fetches in the background. It may then acquire a record before the next poll, and blocks
 * it for other members until it is closed.
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

  /** A record; null if there is none. */
  Taken poll(Duration longest) {
    long lockedAt = polledAt;
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(longest)) {
      // The client acquired it after the last poll, perhaps long before this one.
      return new Taken(this, record, lockedAt);
    }
    polledAt = System.nanoTime();
    return null;
  }

  /** Polls until the broker has answered at least once. */
  Taken pollUntilAnswered(Duration longest) {
    long end = System.nanoTime() + longest.toNanos();
    Taken taken;
    do {
      taken = poll(SLICE);
    } while (taken == null && metric("fetch-total") == 0 && System.nanoTime() - end < 0);
    return taken;
  }

  /** Whether the broker is connected. A poll returns empty if the broker is unavailable. */
  boolean isConnected() {
    return metric("connection-count") > 0;
  }

  /** Marks its record as acknowledged or renewed; it has acquired no other. */
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

  /** Closes the member. An acquired record goes back to the queue, which counts as a delivery. */
  void close(Duration longest) {
    consumer.close(longest);
  }

  /**
   * A record that a member took.
   *
   * @param lockedAt a time no later than the start of its lock, by {@link System#nanoTime}
   */
  record Taken(QueueMember member, ConsumerRecord<byte[], byte[]> record, long lockedAt) {}
}
