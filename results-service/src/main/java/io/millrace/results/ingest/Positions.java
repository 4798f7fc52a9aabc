package io.millrace.results.ingest;

import io.millrace.results.store.FreshContext;
import io.millrace.results.store.Outage;
import io.millrace.results.store.PositionStore;
import io.millrace.results.store.PositionStore.Position;
import io.quarkus.runtime.ShutdownEvent;
import io.smallrye.common.annotation.Identifier;
import io.smallrye.mutiny.Uni;
import io.smallrye.reactive.messaging.kafka.KafkaConsumerRebalanceListener;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;

/**
 * Rewinds partitions to the offsets that the tables contain. The committed offsets describe the
 * database that was written to, not the one in use now: it may be empty or restored from a backup.
 * Its missing records are then read again. Each partition is checked when it is assigned.
 */
@ApplicationScoped
@Identifier("positions")
public class Positions implements KafkaConsumerRebalanceListener {
  private static final Logger LOG = Logger.getLogger(Positions.class);
  private static final Duration FIRST_RETRY = Duration.ofMillis(200);
  private static final Duration SLOWEST_RETRY = Duration.ofSeconds(5);

  /** Less than max.poll.interval.ms, after which the group would exclude this member. */
  private static final Duration MAX_WAIT = Duration.ofMinutes(4);

  private final PositionStore store;
  private final FreshContext contexts;
  private volatile boolean stopping;

  Positions(PositionStore store, FreshContext contexts) {
    this.store = store;
    this.contexts = contexts;
  }

  void stop(@Observes ShutdownEvent event) {
    stopping = true;
  }

  /**
   * Stores that records are in the tables. If that fails, they may be read once more, which changes
   * nothing.
   */
  Uni<Void> reached(ConsumerRecords<String, byte[]> records) {
    List<Position> positions =
        records.partitions().stream()
            .map(
                partition -> {
                  List<ConsumerRecord<String, byte[]>> own = records.records(partition);
                  return new Position(
                      partition.topic(),
                      partition.partition(),
                      own.get(own.size() - 1).offset() + 1);
                })
            .toList();
    return contexts
        .call(() -> store.write(positions))
        .onFailure()
        .recoverWithItem(0)
        .replaceWithVoid();
  }

  @Override
  public void onPartitionsAssigned(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
    if (stopping) {
      return; // During the stop, one consumer leaves the group before the other.
    }
    partitions.stream()
        .map(TopicPartition::topic)
        .distinct()
        .forEach(topic -> rewind(consumer, topic, partitions));
  }

  private void rewind(
      Consumer<?, ?> consumer, String topic, Collection<TopicPartition> partitions) {
    Map<Integer, Long> reached;
    try {
      reached =
          contexts
              .call(() -> store.read(topic))
              .onFailure(failure -> !stopping && Outage.isUnreachable(failure))
              .retry()
              .withBackOff(FIRST_RETRY, SLOWEST_RETRY)
              .expireIn(MAX_WAIT.toMillis())
              .await()
              .indefinitely();
    } catch (RuntimeException e) {
      if (stopping) {
        return;
      }
      LOG.warnf(
          "cannot check whether the tables lack records of %s: %s", topic, Outage.describe(e));
      return;
    }
    for (TopicPartition partition : partitions) {
      long from = reached.getOrDefault(partition.partition(), 0L);
      if (partition.topic().equals(topic) && from < consumer.position(partition)) {
        LOG.infof(
            "the tables contain %s up to offset %d, but offset %d is committed: reading again",
            partition, from, consumer.position(partition));
        consumer.seek(partition, from);
      }
    }
  }
}
