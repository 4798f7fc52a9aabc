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

/** What the trainer publishes: events, dead letters and tasks, each in its run's trace. */
public final class Outbox implements Events {
  private final Producer<byte[], byte[]> producer;
  private final List<Future<RecordMetadata>> unconfirmed = new ArrayList<>();

  /** An outbox that sends through {@code producer}, which stays the caller's to close. */
  public Outbox(Producer<byte[], byte[]> producer) {
    this.producer = producer;
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
        Outbox.this.confirm();
      }

      @Override
      public Events under(int other) {
        return Outbox.this.under(other);
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
   * Puts a request on the queue again, for a run that goes on: the broker drops a record after its
   * last delivery. The new record says which one it stands for.
   *
   * @param place of the old one, {@code topic-partition@offset}
   */
  public void putBack(ConsumerRecord<byte[], byte[]> record, String place) {
    var successor =
        new ProducerRecord<>(
            Topics.TRAINING_REQUESTS,
            null,
            record.timestamp(),
            record.key(),
            record.value(),
            record.headers());
    successor.headers().remove(Topics.SUCCESSOR_OF).add(Topics.SUCCESSOR_OF, bytes(place));
    send(successor);
  }

  @Override
  public void confirm() {
    List<Future<RecordMetadata>> sent;
    synchronized (unconfirmed) {
      sent = List.copyOf(unconfirmed);
      unconfirmed.clear();
    }
    producer.flush();
    sent.forEach(Outbox::await);
  }

  /** Puts a record aside as it came, with the reason in its headers. */
  public void deadLetter(
      ConsumerRecord<byte[], byte[]> record, String run, String field, String reason) {
    var letter =
        new ProducerRecord<>(
            Topics.TRAINING_REQUESTS_DLQ, null, record.key(), record.value(), record.headers());
    letter
        .headers()
        .remove(Topics.DLQ_FIELD)
        .remove(Topics.DLQ_REASON)
        .remove(Topics.DLQ_RUN)
        .add(Topics.DLQ_FIELD, bytes(field))
        .add(Topics.DLQ_REASON, bytes(reason))
        .add(Topics.DLQ_RUN, bytes(run));
    send(letter);
  }

  /**
   * Publishes a task.
   *
   * @param trace of the run
   * @param failed told, from another thread, where that fails
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
