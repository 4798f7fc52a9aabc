package io.millrace.augmentation.intake;

import io.millrace.augmentation.intake.AugmentationMetrics.Ending;
import io.millrace.augmentation.stream.BatchPublisher.Address;
import io.millrace.augmentation.stream.EpochBatches;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.task.BatchTask;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.contracts.task.TaskFailure;
import io.millrace.messaging.BatchHeaders;
import io.millrace.messaging.Delivery;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.jboss.logging.Logger;

/**
 * The answer to a task. After a failure of the broker, {@link #give} can be called again and
 * continues with the first batch that the broker has not confirmed. A batch is made while the one
 * before is sent, so batches arrive in order.
 */
final class TaskAnswer {
  private static final Logger LOG = Logger.getLogger(TaskAnswer.class);
  private static final long SLICE_MILLIS = 200;

  private final BatchTask task;
  private final Delivery delivery;
  private final TaskWorker.Tools tools;
  private final BatchBuffer buffer;
  private int confirmed;

  TaskAnswer(BatchTask task, Delivery delivery, TaskWorker.Tools tools, BatchBuffer buffer) {
    this.task = task;
    this.delivery = delivery;
    this.tools = tools;
    this.buffer = buffer;
  }

  /**
   * Answers the task, or gives up because it is no longer held.
   *
   * @throws KafkaException if the broker does not accept the answer
   */
  Ending give() {
    try {
      if (task instanceof BatchTask.Produce produce) {
        return produce(produce);
      }
      return describe();
    } catch (InvalidMessageException e) {
      return fail(e.field().isEmpty() ? null : e.field(), e.reason());
    }
  }

  /** Answers that the task failed. */
  Ending fail(String field, String reason) {
    LOG.infof("Task %s failed: %s: %s", task.key(), field, Check.visible(reason));
    byte[] failure = Messages.write(new TaskFailure(null, field, reason));
    return await(
            tools
                .publisher()
                .send(Address.of(task, partition()), headers(BatchHeaders.Kind.FAILURE), failure))
        ? Ending.FAILED
        : Ending.RELEASED;
  }

  private Ending describe() {
    DatasetDescription description = tools.maker().describe(task.source());
    // Before any answer, so that a problem with the images is the only answer.
    Optional<byte[]> standardization = tools.maker().standardization(task.source());
    if (!answer(BatchHeaders.Kind.DESCRIPTION, Messages.write(description))) {
      return Ending.RELEASED;
    }
    if (standardization.isPresent()
        && !answer(BatchHeaders.Kind.STATISTICS, standardization.get())) {
      return Ending.RELEASED;
    }
    tools.metrics().skipped(description.skipped());
    LOG.infof(
        "Data set %s: %d training, %d validation, %d test samples of %s, %s skipped",
        task.source().dataset().name(),
        description.train(),
        description.validation(),
        description.test(),
        description.sampleShape(),
        Check.count(description.skipped(), "file"));
    return Ending.DONE;
  }

  private boolean answer(BatchHeaders.Kind kind, byte[] value) {
    return await(tools.publisher().send(Address.of(task, 0), headers(kind), value));
  }

  private BatchHeaders headers(BatchHeaders.Kind kind) {
    return BatchHeaders.of(kind).answering(task.source());
  }

  private Ending produce(BatchTask.Produce produce) {
    int partitions = tools.topics().partitions(produce.source().run());
    if (produce.partition() >= partitions) {
      return fail(
          null,
          "partition " + produce.partition() + " does not exist; the topic has " + partitions);
    }
    EpochBatches batches = tools.maker().batches(produce);
    if ((long) produce.firstBatch() + produce.batchCount() > batches.count()) {
      return fail(
          null,
          produce.batchCount()
              + " batches from "
              + produce.firstBatch()
              + " are requested, but an epoch has "
              + batches.count());
    }
    Future<RecordMetadata> sending = null;
    for (int i = confirmed; i < produce.batchCount(); i++) {
      if (isUnwanted()) {
        return delivery.shouldStop() ? Ending.RELEASED : Ending.DROPPED;
      }
      if (produce.source().fingerprint() != null && batches.content().isReplaced()) {
        batches = tools.maker().batches(produce); // It fails if the data have changed.
      }
      int batch = produce.firstBatch() + i;
      byte[] made = make(batches, batch);
      if (!confirm(sending)) {
        return Ending.RELEASED;
      }
      sending =
          tools
              .publisher()
              .send(
                  Address.of(produce, produce.partition()),
                  BatchHeaders.batch(produce.part(), produce.epoch(), batch),
                  made);
      tools.metrics().sent(batches.samples(batch), made.length);
    }
    return confirm(sending) ? Ending.DONE : Ending.RELEASED;
  }

  private byte[] make(EpochBatches batches, int batch) {
    long start = System.nanoTime();
    byte[] made = batches.make(batch, buffer.get());
    buffer.keep(made);
    tools.metrics().made(System.nanoTime() - start);
    return made;
  }

  private boolean isUnwanted() {
    return delivery.shouldStop()
        || tools.cancelled().isCancelled(task.source().run(), delivery.record().timestamp());
  }

  private boolean confirm(Future<RecordMetadata> sending) {
    if (sending == null) {
      return true;
    }
    boolean done = await(sending);
    confirmed += done ? 1 : 0;
    return done;
  }

  private boolean await(Future<RecordMetadata> sending) {
    return await(sending, delivery);
  }

  /** Waits until the broker has the record; false if the task is no longer held. */
  static boolean await(Future<RecordMetadata> sending, Delivery delivery) {
    while (true) {
      try {
        sending.get(SLICE_MILLIS, TimeUnit.MILLISECONDS);
        return true;
      } catch (TimeoutException e) {
        if (delivery.shouldStop()) {
          return false;
        }
      } catch (ExecutionException e) {
        throw new KafkaException(e.getCause().getMessage(), e.getCause());
      } catch (InterruptedException e) {
        throw new InterruptException(e);
      }
    }
  }

  private int partition() {
    if (task instanceof BatchTask.Produce produce) {
      int partitions = tools.topics().partitions(produce.source().run());
      return produce.partition() < partitions ? produce.partition() : 0;
    }
    return 0;
  }
}
