package io.millrace.trainer.intake;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.event.RefusedBy;
import io.millrace.contracts.event.TrainingEvent;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.task.BatchSource;
import io.millrace.messaging.Cancellations;
import io.millrace.messaging.Delivery;
import io.millrace.messaging.TraceHeaders;
import io.millrace.messaging.WorkQueue;
import io.millrace.messaging.WorkQueue.Outcome;
import io.millrace.trainer.events.TrainerMetrics;
import io.millrace.trainer.events.TrainerPublisher;
import io.millrace.trainer.events.Trouble;
import io.millrace.trainer.feed.BatchFeed;
import io.millrace.trainer.feed.FeedLimits;
import io.millrace.trainer.intake.ClaimRules.Decision;
import io.millrace.trainer.store.Claim;
import io.millrace.trainer.store.ModelVersionStore;
import io.millrace.trainer.training.RunFiles;
import io.millrace.trainer.training.TrainingRun;
import io.millrace.trainer.training.TrainingRun.Workshop;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Scope;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/**
 * Takes runs from the queue: trains each one, or publishes its end again. Every step can be
 * repeated: a trainer may die between any two of them, and the next delivery finishes the work.
 */
public final class RunIntake implements WorkQueue.Worker {
  private static final Logger LOG = Logger.getLogger(RunIntake.class);
  private static final Duration BACK_OFF = Duration.ofSeconds(3);

  /**
   * What the intake works with.
   *
   * @param cluster Kafka's cluster id
   * @param maxDeliveries how many consecutive trainers may die over a run without progress
   * @param refused how long Kafka or a store may refuse an operation before the run goes to another
   *     trainer, or fails
   * @param longest how long a run may train
   * @param broken called with the reason when this trainer cannot work; it then leaves the queue
   */
  public record Setup(
      String cluster,
      int maxDeliveries,
      Duration refused,
      Duration longest,
      FeedLimits limits,
      BatchFeed.Kafka kafka,
      Cancellations cancellations,
      Workshop workshop,
      Consumer<String> broken) {}

  private final Setup setup;
  private final TrainerPublisher outbox;
  private final Trouble trouble;
  private final TrainerMetrics metrics;
  private final ModelVersionStore store;
  private final Decisions decisions;
  private final RunEnds ends;
  private final HandOn handOn;
  private volatile Claim inHand;

  /** Creates the intake; the queue calls {@link #work} for each delivery. */
  public RunIntake(Setup setup) {
    this.setup = setup;
    outbox = setup.kafka.outbox();
    trouble = setup.kafka.trouble();
    metrics = setup.workshop.metrics();
    RunFiles files = setup.workshop.files();
    store = files.store();
    decisions = new Decisions(setup);
    ends = new RunEnds(outbox, setup.kafka.admin(), files, metrics, clock());
    handOn = new HandOn(outbox);
  }

  @Override
  public Outcome work(Delivery delivery) {
    QueuedRun queued = QueuedRun.read(delivery.record(), setup.cluster);
    Span span = span(queued, delivery);
    MDC.put("run", queued.run());
    metrics.busy(true);
    if (delivery.count() == 1) {
      metrics.requestTaken(clock().millis() - queued.requestedAt());
    }
    try (Scope current = TraceHeaders.enter(span)) {
      return persist(queued, delivery);
    } finally {
      inHand = null;
      span.end();
      metrics.busy(false);
      MDC.remove("run");
    }
  }

  /** The span of a delivery, in its request's trace, which every trainer of the run continues. */
  private Span span(QueuedRun queued, Delivery delivery) {
    return setup
        .workshop
        .tracer()
        .spanBuilder("run")
        .setParent(TraceHeaders.read(delivery.record().headers()))
        .setSpanKind(SpanKind.CONSUMER)
        .setAttribute("millrace.run", queued.run())
        .setAttribute("millrace.delivery", delivery.count())
        .startSpan();
  }

  /**
   * The last resort for a run whose work failed unexpectedly: whatever the record holds, the run
   * gets an end.
   */
  @Override
  public void failed(Delivery delivery, Throwable failure) {
    String reason = "the trainer met an unexpected error: " + failure + "; see its log";
    QueuedRun queued = QueuedRun.read(delivery.record(), setup.cluster);
    try {
      fail(queued, delivery, reason);
    } catch (KafkaException | UncheckedIOException e) {
      throw e;
    } catch (RuntimeException e) {
      LOG.errorf(e, "Run %s is rejected without reading its claim", queued.run());
      refuse(queued, delivery, "", reason, false);
    }
  }

  private void fail(QueuedRun queued, Delivery delivery, String reason) {
    Decision decision =
        queued.fault() == null ? decisions.on(queued, delivery) : new Decision.Ignore();
    if (decision.claimed().isPresent()) {
      Claim claim = decision.claimed().get();
      ends.end(claim, failed(claim, reason), queued, delivery);
    } else if (!(decision instanceof Decision.Repeat)) {
      refuse(queued, delivery, "", reason, decisions.isHeld(queued));
    }
  }

  /** A long step is not awaited: the next trainer repeats it. */
  @Override
  public void abandoned(Delivery delivery) {
    leaveInOrder();
  }

  private void leaveInOrder() {
    Claim claim = inHand;
    if (claim != null) {
      try {
        store.put(claim.givenBack());
      } catch (UncheckedIOException e) {
        LOG.warnf(
            "Cannot store that run %s was returned; this counts as a failed attempt: %s",
            claim.run(), e.getMessage());
      }
    }
  }

  /**
   * Handles a delivery, and retries while Kafka or a store has a problem. The record stays in hand
   * meanwhile, as long as its lock can be renewed: releasing it would use up its deliveries, and
   * after the last one the broker drops it. A problem that lasts counts as this trainer's own,
   * until several trainers have failed with the run.
   */
  private Outcome persist(QueuedRun queued, Delivery delivery) {
    var endurance = new Endurance(setup.refused, System::nanoTime);
    String hopeless = null;
    while (true) {
      try {
        return answer(queued, delivery, hopeless);
      } catch (KafkaException | UncheckedIOException e) {
        Fault fault = Fault.of(e).orElseThrow(() -> e);
        LOG.warnf("The run waits: %s; retrying", Check.visible(fault.what()));
        trouble.report(fault.kind(), fault.what());
        if (endurance.isOverAfter(fault) && hopeless == null) {
          if (delivery.count() < ClaimRules.LAST_TRAINED) {
            return handOver(delivery, fault);
          }
          hopeless = "no trainer could continue the run: " + fault.what();
        }
      }
      if (!delivery.pause(endurance.nextPause())) {
        leaveInOrder();
        ends.count("released");
        return Outcome.RELEASE;
      }
    }
  }

  /** This trainer leaves the queue; another one may do better with the run. */
  private Outcome handOver(Delivery delivery, Fault fault) {
    setup.broken.accept(fault.what());
    while (delivery.pause(BACK_OFF)) {
      LOG.debug("Leaving the queue");
    }
    leaveInOrder();
    ends.count("released");
    return Outcome.RELEASE;
  }

  private Outcome answer(QueuedRun queued, Delivery delivery, String hopeless) {
    if (queued.fault() != null && decisions.isCancelled(queued)) {
      return cancel(queued, null);
    }
    if (queued.fault() != null) {
      return handOn.isDue(queued, delivery)
          ? handOn.to(queued, delivery)
          : refuse(
              queued,
              delivery,
              queued.fault().field(),
              handOn.reason(queued),
              decisions.isHeld(queued));
    }
    try {
      return decide(queued, delivery, hopeless);
    } catch (InvalidMessageException e) {
      LOG.errorf("Rejected: the run's files in the model store are damaged: %s", e.getMessage());
      return refuse(
          queued,
          delivery,
          "run",
          "run: its files in the model store cannot be read; give another run id",
          true);
    }
  }

  private Outcome decide(QueuedRun queued, Delivery delivery, String hopeless) {
    Decision decision = decisions.on(queued, delivery);
    trouble.over(Trouble.Kind.STORE);
    if (decision instanceof Decision.Train train) {
      return hopeless == null
          ? train(train.claim(), queued, delivery)
          : ends.end(train.claim(), failed(train.claim(), hopeless), queued, delivery);
    } else if (decision instanceof Decision.GiveUp giveUp) {
      return ends.end(giveUp.claim(), failed(giveUp.claim(), giveUp.reason()), queued, delivery);
    } else if (decision instanceof Decision.Cancel cancel) {
      return cancel(queued, cancel.reached() == 0 ? null : cancel.reached());
    } else if (decision instanceof Decision.PutBack) {
      LOG.infof("Put back on the queue after %d deliveries", delivery.count());
      outbox.putBack(delivery.record(), queued.place(), queued.requestedAt(), queued.floor());
      outbox.confirm();
    } else if (decision instanceof Decision.Repeat repeat) {
      LOG.infof("The run has ended as %s; its end is published again", repeat.ended().state());
      ends.publishEnd(repeat.ended());
    } else if (decision instanceof Decision.Refuse refuse) {
      String reason = refuse.field() + ": " + refuse.reason();
      return refuse(queued, delivery, refuse.field(), reason, refuse.conflict());
    } else if (decision instanceof Decision.Ignore) {
      LOG.info("Another trainer has the same request");
    } else if (decision instanceof Decision.Late) {
      LOG.warn("Another trainer has a later delivery of this request");
      delivery.pause(BACK_OFF);
      return Outcome.RELEASE;
    }
    return Outcome.ACCEPT;
  }

  /** Reports a run that no trainer had as cancelled. */
  private Outcome cancel(QueuedRun queued, Long step) {
    LOG.info("Cancelled before training");
    outbox.publish(new TrainingEvent.RunCancelled(null, queued.run(), now(), step));
    outbox.confirm();
    ends.count("cancelled");
    return Outcome.ACCEPT;
  }

  private static Ending failed(Claim claim, String reason) {
    return new Ending.Failed(reason, claim.step() == 0 ? null : claim.step());
  }

  private Outcome train(Claim claim, QueuedRun queued, Delivery delivery) {
    inHand = claim;
    Ending ending = attempt(claim, new DeliverySignals(setup, claim, queued, delivery));
    return ends.end(claim, ending, queued, delivery);
  }

  private Ending attempt(Claim claim, DeliverySignals signals) {
    var run = new TrainingRun(setup.workshop, claim, signals);
    try {
      signals.check();
      try (var feed =
          new BatchFeed(
              setup.kafka,
              BatchSource.of(claim.request()),
              setup.limits,
              new BatchFeed.Stops(signals::check, signals::shouldStop))) {
        return new Ending.Completed(run.run(feed));
      }
    } catch (IOException | RuntimeException | Error e) {
      return Ending.of(e, run.step(), store.has(claim.run(), ModelVersionStore.STARTED))
          .orElseThrow(() -> asTrouble(e));
    }
  }

  private static RuntimeException asTrouble(Throwable e) {
    return e instanceof RuntimeException trouble
        ? trouble
        : new UncheckedIOException("the run's files: " + e.getMessage(), new IOException(e));
  }

  /** Rejects a run that this trainer never had: with an event and a dead letter. */
  private Outcome refuse(
      QueuedRun queued, Delivery delivery, String field, String reason, boolean conflict) {
    LOG.infof("Rejected: %s", Check.visible(reason));
    ConsumerRecord<byte[], byte[]> record = delivery.record();
    outbox.deadLetter(record, queued.run(), field, reason);
    JsonNode request =
        queued.fault() == null ? Messages.tree(queued.request()) : queued.fault().json();
    outbox.publish(
        // The record's own time, so that a repeated rejection is the same event.
        new TrainingEvent.RunRejected(
            null,
            queued.run(),
            Instant.ofEpochMilli(record.timestamp()),
            field.isEmpty() ? null : field,
            reason,
            conflict,
            record.value().length <= TrainingEvent.RunRejected.MAX_REQUEST_BYTES ? request : null,
            queued.experiment(),
            queued.variant(),
            RefusedBy.TRAINER));
    outbox.confirm();
    ends.count("rejected");
    return Outcome.ACCEPT;
  }

  private Instant now() {
    return clock().instant();
  }

  private Clock clock() {
    return setup.workshop.clock();
  }
}
