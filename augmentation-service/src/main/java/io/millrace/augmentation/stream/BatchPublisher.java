package io.millrace.augmentation.stream;

import io.millrace.contracts.task.BatchTask;
import io.millrace.messaging.BatchHeaders;
import io.millrace.messaging.Topics;
import io.millrace.messaging.TraceHeaders;
import io.opentelemetry.context.Context;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.jboss.logging.Logger;

/** Sends answers to the batch topics of runs. Thread-safe. */
public final class BatchPublisher implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(BatchPublisher.class);

  private final Producer<byte[], byte[]> producer;

  /**
   * Creates a publisher.
   *
   * @param producer is closed with the publisher
   */
  public BatchPublisher(Producer<byte[], byte[]> producer) {
    this.producer = producer;
  }

  /**
   * The destination of an answer.
   *
   * @param run the run of the task
   * @param key the key of the task
   * @param partition the partition of the run's batch topic
   */
  public record Address(String run, String key, int partition) {
    /** The address of a task's answer. */
    public static Address of(BatchTask task, int partition) {
      return new Address(task.source().run(), task.key(), partition);
    }
  }

  /**
   * Sends an answer. The value is copied before this returns.
   *
   * @return completes when the broker has it
   */
  public Future<RecordMetadata> send(Address to, BatchHeaders headers, byte[] value) {
    var record =
        new ProducerRecord<>(
            Topics.batches(to.run), to.partition, to.key.getBytes(StandardCharsets.UTF_8), value);
    headers.addTo(record.headers());
    TraceHeaders.write(Context.current(), record.headers());
    return producer.send(record);
  }

  /**
   * Shares statistics with the other augmentation services, which compute them again if this fails.
   */
  public void share(String key, byte[] statistics) {
    var record =
        new ProducerRecord<>(
            Topics.DATASET_STATISTICS, key.getBytes(StandardCharsets.UTF_8), statistics);
    try {
      producer.send(
          record,
          (sent, e) -> {
            if (e != null) {
              LOG.warnf("Statistics cannot be shared: %s", e.getMessage());
            }
          });
    } catch (KafkaException e) {
      LOG.warnf("Statistics cannot be shared: %s", e.getMessage());
    }
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(2));
  }
}
