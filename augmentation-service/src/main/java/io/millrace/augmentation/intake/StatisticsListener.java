package io.millrace.augmentation.intake;

import io.millrace.augmentation.stream.StatisticsFile;
import io.millrace.augmentation.stream.StatisticsStore;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.messaging.KafkaSettings;
import io.millrace.messaging.KafkaSettings.From;
import io.millrace.messaging.TopicTail;
import io.millrace.messaging.Topics;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jboss.logging.Logger;

/**
 * Reads the statistics that any augmentation service has computed, from the beginning of the topic.
 */
final class StatisticsListener implements TopicTail.Reader, AutoCloseable {
  private static final Logger LOG = Logger.getLogger(StatisticsListener.class);

  private final StatisticsStore store;
  private final TopicTail topic;

  StatisticsListener(KafkaSettings kafka, StatisticsStore store) {
    this(kafka::reader, store);
  }

  /**
   * Creates a listener.
   *
   * @param consumers creates a consumer, at the start and after each failure
   */
  StatisticsListener(Supplier<Consumer<byte[], byte[]>> consumers, StatisticsStore store) {
    this.store = store;
    topic = new TopicTail(Topics.DATASET_STATISTICS, From.BEGINNING, consumers, this);
  }

  void start() {
    topic.start();
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
      LOG.warnf("Ignored statistics that cannot be read: %s", e.getMessage());
    }
  }

  @Override
  public void caughtUp() {
    store.caughtUp();
  }

  @Override
  public void close() {
    topic.close();
  }
}
