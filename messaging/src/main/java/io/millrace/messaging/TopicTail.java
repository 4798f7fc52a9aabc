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
 * Reads every partition of a topic for as long as it is open, in no group and in a thread of its
 * own. After trouble it goes on, with a new consumer, where it was.
 */
public final class TopicTail implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(TopicTail.class);
  private static final Duration POLL = Duration.ofSeconds(1);

  /** What is done with a topic, in the tail's thread. */
  @FunctionalInterface
  public interface Reader {
    /** Takes a record. One that it throws at is left out, and logged. */
    void read(ConsumerRecord<byte[], byte[]> record);

    /** All records that were there at the start were read. Called once. */
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

  /** A tail of a topic; {@link #start} begins to read. */
  public TopicTail(KafkaSettings kafka, String topic, From from, Reader reader) {
    this(topic, from, () -> kafka.reader(from), reader);
  }

  /**
   * A tail of a topic.
   *
   * @param consumers makes a consumer, at the start and after each trouble
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

  /** Begins to read. */
  public TopicTail start() {
    thread.start();
    return this;
  }

  /** Whether all records that were there at the start were read. */
  public boolean isCaughtUp() {
    return caughtUp.getCount() == 0;
  }

  /**
   * Waits until all records that were there at the start are read.
   *
   * @return whether they are
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
        LOG.warnf("%s cannot be read: %s; trying again", topic, e.getMessage());
        pause();
      } catch (RuntimeException | OutOfMemoryError e) {
        LOG.errorf(e, "%s cannot be read: an unexpected error; trying again", topic);
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
      // Now, and not at the first poll: nothing that comes from here on is missed.
      next.put(partition, opened.position(partition));
    }
  }

  private void read(ConsumerRecord<byte[], byte[]> record) {
    try {
      reader.read(record);
    } catch (RuntimeException e) {
      LOG.errorf(e, "%s: record %d@%d is left out", topic, record.partition(), record.offset());
    }
    next.put(new TopicPartition(record.topic(), record.partition()), record.offset() + 1);
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
