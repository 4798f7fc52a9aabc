package io.millrace.augmentation.intake;

import io.millrace.augmentation.intake.AugmentationMetrics.Ending;
import io.millrace.augmentation.stream.BatchMaker;
import io.millrace.augmentation.stream.BatchPublisher;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.task.BatchTask;
import io.millrace.messaging.BatchHeaders;
import io.millrace.messaging.Cancellations;
import io.millrace.messaging.Delivery;
import io.millrace.messaging.TraceHeaders;
import io.millrace.messaging.WorkQueue;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/**
 * Processes the tasks of one queue, one at a time. A task that fails is answered with a failure; a
 * task that is no longer needed is dropped; while the broker is unavailable, the worker waits as
 * long as it holds the task.
 */
final class TaskWorker implements WorkQueue.Worker {
  private static final Logger LOG = Logger.getLogger(TaskWorker.class);
  private static final Duration HAND_ON = Duration.ofSeconds(1);
  private static final Duration PAUSE = Duration.ofMillis(500);

  /** The objects that all workers share. */
  record Tools(
      BatchMaker maker,
      BatchPublisher publisher,
      RunTopics topics,
      Cancellations cancelled,
      AugmentationMetrics metrics,
      Tracer tracer) {}

  private final Tools tools;
  private final Duration handOn;
  private final BatchBuffer buffer = new BatchBuffer();

  TaskWorker(Tools tools) {
    this(tools, HAND_ON);
  }

  /**
   * Creates a worker.
   *
   * @param handOn how long an unsupported task is held before it is passed on for the first time
   */
  TaskWorker(Tools tools, Duration handOn) {
    this.tools = tools;
    this.handOn = handOn;
  }

  @Override
  public WorkQueue.Outcome work(Delivery delivery) {
    tools.metrics.taken(System.currentTimeMillis() - delivery.record().timestamp());
    BatchTask task;
    try {
      task = Messages.read(delivery.record().value(), BatchTask.class);
    } catch (InvalidMessageException e) {
      return end(notUnderstood(delivery, e));
    }
    Span span = span(task, delivery);
    MDC.put("run", task.source().run());
    try (Scope current = TraceHeaders.enter(span)) {
      Ending ending = answer(task, delivery);
      span.setAttribute("millrace.ending", ending.name().toLowerCase(Locale.ROOT));
      return end(ending);
    } catch (RuntimeException | Error e) {
      tools.metrics.ended(Ending.RELEASED);
      throw e;
    } finally {
      span.end();
      MDC.remove("run");
    }
  }

  /** Passes on a task that another version may support, and finally answers it with a failure. */
  private Ending notUnderstood(Delivery delivery, InvalidMessageException complaint) {
    String place =
        delivery.record().topic()
            + "-"
            + delivery.record().partition()
            + "@"
            + delivery.record().offset();
    Optional<UnknownTask> unknown = UnknownTask.of(delivery.record(), complaint);
    if (unknown.isPresent() && UnknownTask.isHandedOn(delivery.count())) {
      LOG.warnf(
          "This version does not support the task at %s and passes it on: %s",
          place, complaint.getMessage());
      delivery.pause(UnknownTask.pause(delivery.count(), handOn));
      return Ending.RELEASED;
    }
    if (unknown.isEmpty() || unknown.get().run() == null) {
      LOG.warnf("Dropped the task at %s, which cannot be read: %s", place, complaint.getMessage());
      return Ending.UNDECODABLE;
    }
    LOG.warnf("No augmentation service supports the task at %s; its run fails", place);
    return refuse(unknown.get(), delivery);
  }

  private Ending refuse(UnknownTask task, Delivery delivery) {
    while (!delivery.shouldStop()) {
      try {
        int partitions = tools.topics.partitions(task.run());
        if (partitions == 0) {
          return Ending.DROPPED;
        }
        int partition = task.partition() < partitions ? Math.max(0, task.partition()) : 0;
        var sending =
            tools.publisher.send(
                new BatchPublisher.Address(task.run(), task.key(), partition),
                BatchHeaders.of(BatchHeaders.Kind.FAILURE),
                Messages.write(task.failure()));
        return TaskAnswer.await(sending, delivery) ? Ending.FAILED : Ending.RELEASED;
      } catch (KafkaException e) {
        LOG.warnf("Task %s waits for the broker: %s", task.key(), e.getMessage());
        tools.topics.forget(task.run());
        delivery.pause(PAUSE);
      }
    }
    return Ending.RELEASED;
  }

  private Span span(BatchTask task, Delivery delivery) {
    return tools
        .tracer
        .spanBuilder("task")
        .setParent(TraceHeaders.read(delivery.record().headers()))
        .setSpanKind(SpanKind.CONSUMER)
        .setAttribute("millrace.run", task.source().run())
        .setAttribute("millrace.task", task.key())
        .startSpan();
  }

  private WorkQueue.Outcome end(Ending ending) {
    tools.metrics.ended(ending);
    return ending == Ending.RELEASED ? WorkQueue.Outcome.RELEASE : WorkQueue.Outcome.ACCEPT;
  }

  private Ending answer(BatchTask task, Delivery delivery) {
    var answer = new TaskAnswer(task, delivery, tools, buffer);
    while (!delivery.shouldStop()) {
      try {
        if (isOver(task, delivery)) {
          LOG.infof("Dropped task %s: its run is over", task.key());
          return Ending.DROPPED;
        }
        return answer.give();
      } catch (KafkaException e) {
        LOG.warnf("Task %s waits for the broker: %s", task.key(), e.getMessage());
        tools.topics.forget(task.source().run());
        delivery.pause(PAUSE);
      }
    }
    return Ending.RELEASED;
  }

  /** Answers the task with a failure after an unexpected error. */
  @Override
  public void failed(Delivery delivery, Throwable failure) {
    BatchTask task;
    try {
      task = Messages.read(delivery.record().value(), BatchTask.class);
    } catch (InvalidMessageException e) {
      Optional<UnknownTask> unknown = UnknownTask.of(delivery.record(), e);
      end(
          unknown.isEmpty() || unknown.get().run() == null
              ? Ending.UNDECODABLE
              : refuse(unknown.get(), delivery));
      return;
    }
    MDC.put("run", task.source().run());
    try {
      end(
          new TaskAnswer(task, delivery, tools, buffer)
              .fail(null, "the augmentation service failed: " + failure));
    } finally {
      MDC.remove("run");
    }
  }

  /**
   * Whether the run's topic no longer exists. Some brokers may not know a new topic yet, so this
   * looks twice.
   */
  private boolean isOver(BatchTask task, Delivery delivery) {
    String run = task.source().run();
    if (tools.cancelled.isCancelled(run, delivery.record().timestamp())) {
      return true;
    }
    if (tools.topics.partitions(run) > 0) {
      return false;
    }
    delivery.pause(PAUSE);
    tools.topics.forget(run);
    return tools.topics.partitions(run) == 0;
  }
}
