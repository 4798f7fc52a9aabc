package io.millrace.augmentation.intake;

import io.millrace.augmentation.stream.StatisticsFile;
import io.millrace.augmentation.stream.StatisticsStore;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.messaging.Topics;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;

/** Learns the statistics that any augmenter has computed, from the topic's beginning on. */
final class StatisticsListener implements TopicTail.Reader, AutoCloseable {
  private static final Logger LOG = Logger.getLogger(StatisticsListener.class);

  private final StatisticsStore store;
  private final TopicTail topic;
  private Map<TopicPartition, Long> ends = Map.of();

  StatisticsListener(Map<String, Object> kafka, StatisticsStore store) {
    this(() -> TopicTail.consumer(kafka, "earliest"), store);
  }

  /**
   * A listener.
   *
   * @param consumers makes a consumer, at the start and after each trouble
   */
  StatisticsListener(Supplier<Consumer<byte[], byte[]>> consumers, StatisticsStore store) {
    this.store = store;
    topic = new TopicTail(Topics.DATASET_STATISTICS, consumers, this);
  }

  void start() {
    topic.start();
  }

  @Override
  public void begin(Consumer<byte[], byte[]> consumer, List<TopicPartition> partitions) {
    consumer.seekToBeginning(partitions);
    ends = consumer.endOffsets(partitions);
    polled(consumer, partitions);
  }

  @Override
  public void read(ConsumerRecord<byte[], byte[]> record) {
    if (record.key() == null || record.value() == null) {
      return;
    }
    try {
      store.put(
          new String(record.key(), StandardCharsets.UTF_8), StatisticsFile.read(record.value()));
    } catch (InvalidMessageException e) {
      LOG.warnf("Statistics that are not understood are ignored: %s", e.getMessage());
    }
  }

  @Override
  public void polled(Consumer<byte[], byte[]> consumer, List<TopicPartition> partitions) {
    if (partitions.stream().allMatch(p -> consumer.position(p) >= ends.get(p))) {
      store.caughtUp();
    }
  }

  @Override
  public void close() {
    topic.close();
  }
}
