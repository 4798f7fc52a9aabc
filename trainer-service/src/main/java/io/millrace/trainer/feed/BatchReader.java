package io.millrace.trainer.feed;

import io.millrace.messaging.KafkaSettings;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jboss.logging.MDC;

/** The thread that reads a run's batch topic until it is closed or fails. */
final class BatchReader implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);

  /** Receives what was read, in the reader's thread. */
  interface Listener {
    /** A record was read. */
    void accept(ConsumerRecord<byte[], byte[]> record);

    /** All records before the offset were passed on. */
    void readUpTo(long offset);

    /** Reading has ended with this failure. */
    void failed(RuntimeException e);
  }

  private final KafkaSettings kafka;
  private final TopicPartition topic;
  private final Listener listener;
  private final Thread thread;
  private long start;
  private volatile boolean closed;

  /**
   * @param run for the logs
   * @param trace the trace that reading belongs to
   */
  BatchReader(
      KafkaSettings kafka, TopicPartition topic, String run, Context trace, Listener listener) {
    this.kafka = kafka;
    this.topic = topic;
    this.listener = listener;
    thread =
        new Thread(
            trace.wrap(
                () -> {
                  MDC.put("run", run);
                  read();
                }),
            "feed-" + run);
    thread.setDaemon(true);
  }

  /** Starts to read at an offset. */
  BatchReader start(long offset) {
    start = offset;
    thread.start();
    return this;
  }

  @Override
  public void close() {
    closed = true;
    try {
      thread.join(TimeUnit.SECONDS.toMillis(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void read() {
    try (var consumer = kafka.reader()) {
      consumer.assign(List.of(topic));
      consumer.seek(topic, start);
      while (!closed) {
        consumer.poll(POLL).forEach(listener::accept);
        listener.readUpTo(consumer.position(topic));
      }
    } catch (WakeupException | InterruptException e) {
      listener.failed(e);
    } catch (KafkaException e) {
      listener.failed(new KafkaException("the batches cannot be read: " + e.getMessage(), e));
    } catch (RuntimeException | OutOfMemoryError e) {
      listener.failed(new IllegalStateException("reading the batches failed: " + e, e));
    }
  }
}
