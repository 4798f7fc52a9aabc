package io.millrace.trainer.events;

import io.millrace.contracts.event.TrainingEvent;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.task.BatchTask;
import io.millrace.messaging.Topics;
import io.millrace.messaging.TraceHeaders;
import io.opentelemetry.context.Context;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;

/** Publishes the trainer's events, dead letters and tasks, each in its run's trace. */
public final class TrainerPublisher implements Events {
  private final Producer<byte[], byte[]> producer;
  private final Trouble trouble;
  private final List<Future<RecordMetadata>> unconfirmed = new ArrayList<>();

  /**
   * Creates a publisher.
   *
   * @param producer the producer, which the caller closes
   * @param trouble cleared for Kafka when something was stored
   */
  public TrainerPublisher(Producer<byte[], byte[]> producer, Trouble trouble) {
    this.producer = producer;
    this.trouble = trouble;
  }

  @Override
  public void publish(TrainingEvent event) {
    send(record(event));
  }

  @Override
  public Events under(int claim) {
    return new Events() {
      @Override
      public void publish(TrainingEvent event) {
        ProducerRecord<byte[], byte[]> record = record(event);
        record.headers().add(Topics.CLAIM, bytes(Integer.toString(claim)));
        send(record);
      }

      @Override
      public void confirm() {
        TrainerPublisher.this.confirm();
      }

      @Override
      public Events under(int other) {
        return TrainerPublisher.this.under(other);
      }
    };
  }

  private static ProducerRecord<byte[], byte[]> record(TrainingEvent event) {
    var record =
        new ProducerRecord<>(Topics.TRAINING_EVENTS, bytes(event.run()), Messages.write(event));
    TraceHeaders.write(Context.current(), record.headers());
    return record;
  }

  /**
   * Puts a run back on its queue, since the broker drops a record after its last delivery. The new
   * record names the one it replaces, and when the run was requested.
   *
   * @param place the old record, {@code topic-partition@offset}
   * @param requestedAt in milliseconds since 1970, by the broker's clock
   * @param floor the run's next claim must have a higher version; 0 for any
   */
  public void putBack(
      ConsumerRecord<byte[], byte[]> record, String place, long requestedAt, int floor) {
    ProducerRecord<byte[], byte[]> successor = successor(record, place, requestedAt);
    if (floor > 0) {
      set(successor, Topics.CLAIM_FLOOR, Integer.toString(floor));
    }
    send(successor);
  }

  /**
   * Puts a run that this trainer does not understand at the end of its queue.
   *
   * @param since when trainers began to do so, in the unit of {@code requestedAt}
   */
  public void handOn(
      ConsumerRecord<byte[], byte[]> record, String place, long requestedAt, long since) {
    ProducerRecord<byte[], byte[]> successor = successor(record, place, requestedAt);
    set(successor, Topics.HANDED_ON_SINCE, Long.toString(since));
    send(successor);
  }

  private static ProducerRecord<byte[], byte[]> successor(
      ConsumerRecord<byte[], byte[]> record, String place, long requestedAt) {
    var successor =
        new ProducerRecord<>(
            record.topic(), null, null, record.key(), record.value(), record.headers());
    set(successor, Topics.SUCCESSOR_OF, place);
    set(successor, Topics.REQUESTED_AT, Long.toString(requestedAt));
    return successor;
  }

  private static void set(ProducerRecord<byte[], byte[]> record, String header, String value) {
    record.headers().remove(header).add(header, bytes(value));
  }

  @Override
  public void confirm() {
    List<Future<RecordMetadata>> sent;
    synchronized (unconfirmed) {
      sent = List.copyOf(unconfirmed);
      unconfirmed.clear();
    }
    producer.flush();
    sent.forEach(TrainerPublisher::await);
    if (!sent.isEmpty()) {
      trouble.over(Trouble.Kind.KAFKA);
    }
  }

  /** Publishes a record unchanged as a dead letter, with the reason in its headers. */
  public void deadLetter(
      ConsumerRecord<byte[], byte[]> record, String run, String field, String reason) {
    var letter =
        new ProducerRecord<>(
            Topics.TRAINING_REQUESTS_DLQ, null, record.key(), record.value(), record.headers());
    set(letter, Topics.DLQ_FIELD, field);
    set(letter, Topics.DLQ_REASON, reason);
    set(letter, Topics.DLQ_RUN, run);
    send(letter);
  }

  /**
   * Publishes a task.
   *
   * @param trace the run's trace
   * @param failed called in another thread on failure
   */
  public void ask(BatchTask task, Context trace, Consumer<Exception> failed) {
    var record = new ProducerRecord<>(Topics.BATCH_TASKS, bytes(task.key()), Messages.write(task));
    TraceHeaders.write(trace, record.headers());
    producer.send(
        record,
        (metadata, failure) -> {
          if (failure != null) {
            failed.accept(failure);
          }
        });
  }

  private void send(ProducerRecord<byte[], byte[]> record) {
    Future<RecordMetadata> sent = producer.send(record);
    synchronized (unconfirmed) {
      unconfirmed.add(sent);
    }
  }

  private static void await(Future<RecordMetadata> sent) {
    try {
      sent.get();
    } catch (ExecutionException e) {
      throw new KafkaException("not published: " + e.getCause().getMessage(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptException(e);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
