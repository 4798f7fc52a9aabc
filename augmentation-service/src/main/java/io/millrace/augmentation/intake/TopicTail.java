package io.millrace.augmentation.intake;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jboss.logging.Logger;

/**
 * Reads a topic for as long as it is open, in no group and in a thread of its own. After trouble it
 * begins again with a new consumer.
 */
final class TopicTail implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(TopicTail.class);
  private static final Duration POLL = Duration.ofSeconds(1);

  /** What is done with a topic. */
  interface Reader {
    /** Seeks where to begin; the partitions are assigned. */
    void begin(Consumer<byte[], byte[]> consumer, List<TopicPartition> partitions);

    /** Takes a record. */
    void read(ConsumerRecord<byte[], byte[]> record);

    /** All records that a poll gave were read. */
    default void polled(Consumer<byte[], byte[]> consumer, List<TopicPartition> partitions) {}
  }

  private final String topic;
  private final Supplier<Consumer<byte[], byte[]>> consumers;
  private final Reader reader;
  private final Thread thread;
  private volatile boolean closing;
  private volatile Consumer<byte[], byte[]> consumer;

  /**
   * A tail of a topic.
   *
   * @param consumers makes a consumer, at the start and after each trouble
   */
  TopicTail(String topic, Supplier<Consumer<byte[], byte[]>> consumers, Reader reader) {
    this.topic = topic;
    this.consumers = consumers;
    this.reader = reader;
    thread = new Thread(this::run, topic);
  }

  /**
   * A consumer in no group.
   *
   * @param reset where it begins when its place is gone: {@code earliest} or {@code latest}
   */
  static Consumer<byte[], byte[]> consumer(Map<String, Object> kafka, String reset) {
    var settings = new HashMap<>(kafka);
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, reset);
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  void start() {
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    while (!closing) {
      try (var opened = consumers.get()) {
        consumer = opened;
        List<TopicPartition> partitions = partitions(opened);
        opened.assign(partitions);
        reader.begin(opened, partitions);
        while (!closing) {
          opened.poll(POLL).forEach(reader::read);
          reader.polled(opened, partitions);
        }
      } catch (WakeupException e) {
        return;
      } catch (KafkaException | IllegalStateException e) {
        LOG.warnf("%s cannot be read: %s; trying again", topic, e.getMessage());
        pause();
      }
    }
  }

  /** A topic that was just made may not be known everywhere yet. */
  private List<TopicPartition> partitions(Consumer<byte[], byte[]> opened) {
    List<TopicPartition> partitions =
        opened.partitionsFor(topic).stream()
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .toList();
    if (partitions.isEmpty()) {
      throw new KafkaException(topic + " has no partitions yet");
    }
    return partitions;
  }

  private synchronized void pause() {
    try {
      if (!closing) {
        wait(POLL.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      closing = true;
    }
  }

  @Override
  public void close() {
    closing = true;
    synchronized (this) {
      notifyAll();
    }
    Consumer<byte[], byte[]> opened = consumer;
    if (opened != null) {
      opened.wakeup();
    }
    try {
      thread.join(POLL.toMillis() * 2);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
