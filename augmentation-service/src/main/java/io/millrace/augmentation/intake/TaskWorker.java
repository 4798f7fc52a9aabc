package io.millrace.augmentation.intake;

import io.millrace.augmentation.intake.AugmentationMetrics.Ending;
import io.millrace.augmentation.stream.BatchMaker;
import io.millrace.augmentation.stream.BatchPublisher;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.task.BatchTask;
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
import org.apache.kafka.common.KafkaException;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/**
 * Does the tasks of one queue, one at a time. What cannot be done is answered; what is no longer
 * wanted is dropped; trouble with the broker is waited out for as long as the task is held.
 */
final class TaskWorker implements WorkQueue.Worker {
  private static final Logger LOG = Logger.getLogger(TaskWorker.class);
  private static final Duration PAUSE = Duration.ofMillis(500);

  /** What all workers share. */
  record Tools(
      BatchMaker maker,
      BatchPublisher publisher,
      RunTopics topics,
      Cancellations cancelled,
      AugmentationMetrics metrics,
      Tracer tracer) {}

  private final Tools tools;
  private final BatchBuffer buffer = new BatchBuffer();

  TaskWorker(Tools tools) {
    this.tools = tools;
  }

  @Override
  public WorkQueue.Outcome work(Delivery delivery) {
    tools.metrics.taken(System.currentTimeMillis() - delivery.record().timestamp());
    BatchTask task;
    try {
      task = Messages.read(delivery.record().value(), BatchTask.class);
    } catch (InvalidMessageException e) {
      LOG.warnf(
          "Task at %s-%d@%d is not understood and dropped: %s",
          delivery.record().topic(),
          delivery.record().partition(),
          delivery.record().offset(),
          e.getMessage());
      return end(Ending.UNDECODABLE);
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
          LOG.infof("Task %s is dropped: the run is over", task.key());
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

  /** A flaw of ours. */
  @Override
  public void failed(Delivery delivery, Throwable failure) {
    BatchTask task;
    try {
      task = Messages.read(delivery.record().value(), BatchTask.class);
    } catch (InvalidMessageException e) {
      end(Ending.UNDECODABLE);
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

  /** A topic that was just made may not be known everywhere yet: only a second look tells. */
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
