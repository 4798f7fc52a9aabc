package io.millrace.messaging;

import io.millrace.messaging.KafkaSettings.From;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jboss.logging.Logger;

/**
 * Reads every partition of a topic while it is open, without a group and in its own thread. After
 * an error it continues at the same offsets with a new consumer.
 */
public final class TopicTail implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(TopicTail.class);
  private static final Duration POLL = Duration.ofSeconds(1);

  /** Receives the records of a topic in the tail's thread. */
  @FunctionalInterface
  public interface Reader {
    /** Receives a record. If it throws, the record is skipped and logged. */
    void read(ConsumerRecord<byte[], byte[]> record);

    /** Called once, when all records from before the start are read. */
    default void caughtUp() {}
  }

  private final String topic;
  private final From from;
  private final Supplier<Consumer<byte[], byte[]>> consumers;
  private final Reader reader;
  private final Thread thread;
  private final CountDownLatch caughtUp = new CountDownLatch(1);
  private final Map<TopicPartition, Long> next = new HashMap<>();
  private volatile boolean closing;
  private volatile Consumer<byte[], byte[]> consumer;

  /** A tail of a topic; {@link #start} starts reading. */
  public TopicTail(KafkaSettings kafka, String topic, From from, Reader reader) {
    this(topic, from, () -> kafka.reader(from), reader);
  }

  /**
   * A tail of a topic.
   *
   * @param consumers creates a consumer, at the start and after each error
   */
  public TopicTail(
      String topic, From from, Supplier<Consumer<byte[], byte[]>> consumers, Reader reader) {
    this.topic = topic;
    this.from = from;
    this.consumers = consumers;
    this.reader = reader;
    thread = new Thread(this::run, topic);
    thread.setDaemon(true);
  }

  /** Starts reading. */
  public TopicTail start() {
    thread.start();
    return this;
  }

  /** Whether all records from before the start are read. */
  public boolean isCaughtUp() {
    return caughtUp.getCount() == 0;
  }

  /**
   * Waits until all records from before the start are read.
   *
   * @return whether they are read
   */
  public boolean awaitCaughtUp(Duration longest) throws InterruptedException {
    return caughtUp.await(longest.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void run() {
    while (!closing) {
      try (var opened = consumers.get()) {
        consumer = opened;
        follow(opened);
      } catch (WakeupException e) {
        return;
      } catch (KafkaException | IllegalStateException e) {
        LOG.warnf("Cannot read topic %s: %s; retrying", topic, e.getMessage());
        pause();
      } catch (RuntimeException | OutOfMemoryError e) {
        LOG.errorf(e, "Cannot read topic %s: unexpected error; retrying", topic);
        pause();
      }
    }
  }

  private void follow(Consumer<byte[], byte[]> opened) {
    List<TopicPartition> partitions = partitions(opened);
    opened.assign(partitions);
    partitions.forEach(partition -> seek(opened, partition));
    Map<TopicPartition, Long> ends = opened.endOffsets(partitions);
    while (!closing) {
      if (!isCaughtUp() && partitions.stream().allMatch(p -> opened.position(p) >= ends.get(p))) {
        reader.caughtUp();
        caughtUp.countDown();
      }
      opened.poll(POLL).forEach(this::read);
      partitions.forEach(partition -> next.put(partition, opened.position(partition)));
    }
  }

  private void seek(Consumer<byte[], byte[]> opened, TopicPartition partition) {
    Long known = next.get(partition);
    if (known != null) {
      opened.seek(partition, known);
    } else if (from == From.BEGINNING) {
      opened.seekToBeginning(List.of(partition));
    } else {
      opened.seekToEnd(List.of(partition));
      // Resolve the position now, not at the first poll, so that no later record is missed.
      next.put(partition, opened.position(partition));
    }
  }

  private void read(ConsumerRecord<byte[], byte[]> record) {
    try {
      reader.read(record);
    } catch (RuntimeException e) {
      LOG.errorf(e, "Topic %s: skipped record %d@%d", topic, record.partition(), record.offset());
    }
    next.put(new TopicPartition(record.topic(), record.partition()), record.offset() + 1);
  }

  /** The partitions. A new topic may not be known to all brokers yet. */
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
