package io.millrace.trainer.intake;

import io.millrace.contracts.Check;
import io.millrace.contracts.event.TrainingEvent;
import io.millrace.contracts.json.Messages;
import io.millrace.messaging.Delivery;
import io.millrace.messaging.TopicProvisioner;
import io.millrace.messaging.Topics;
import io.millrace.messaging.WorkQueue.Outcome;
import io.millrace.trainer.events.Events;
import io.millrace.trainer.events.TrainerMetrics;
import io.millrace.trainer.events.TrainerPublisher;
import io.millrace.trainer.store.Claim;
import io.millrace.trainer.store.ModelVersionStore;
import io.millrace.trainer.training.RunFiles;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.Locale;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.jboss.logging.Logger;

/**
 * The one place where a run leaves a trainer: its end is written down, then told, then swept up
 * after. Every step can be done again.
 */
final class RunEnds {
  private static final Logger LOG = Logger.getLogger(RunEnds.class);

  private final TrainerPublisher outbox;
  private final Admin admin;
  private final RunFiles files;
  private final ModelVersionStore store;
  private final TrainerMetrics metrics;
  private final Clock clock;

  RunEnds(
      TrainerPublisher outbox, Admin admin, RunFiles files, TrainerMetrics metrics, Clock clock) {
    this.outbox = outbox;
    this.admin = admin;
    this.files = files;
    this.metrics = metrics;
    this.clock = clock;
    store = files.store();
  }

  /**
   * Ends a run's time with this trainer.
   *
   * @param claim under which it was ours
   * @return what becomes of its record
   */
  Outcome end(Claim claim, Ending ending, QueuedRun queued, Delivery delivery) {
    if (ending instanceof Ending.GivenBack back) {
      LOG.infof("Stopped at step %s and given back", back.step());
      store.put(claim.givenBack());
      count("released");
      return Outcome.RELEASE;
    }
    if (ending instanceof Ending.Final end && concludes(claim, end, delivery)) {
      return Outcome.ACCEPT;
    }
    return lose(claim, ending, queued, delivery);
  }

  /** Writes the end down, if the run is still ours, and then tells it. */
  private boolean concludes(Claim claim, Ending.Final ending, Delivery delivery) {
    if (!store.isCurrent(claim)) {
      return false;
    }
    Ending.Final end = ending;
    if (ending instanceof Ending.Failed failed) {
      end = new Ending.Failed(failed.reason() + stands(claim), failed.step());
      Span.current().setStatus(StatusCode.ERROR, failed.reason());
    } else if (ending instanceof Ending.Rejected rejected) {
      outbox.deadLetter(delivery.record(), claim.run(), rejected.field(), rejected.reason());
    }
    TrainingEvent event = end.event(claim, clock.instant());
    write(claim, event);
    outbox.confirm();
    Claim ended = claim.ended(end.state(), clock.instant());
    if (!store.put(ended)) {
      return false;
    }
    LOG.infof("Ended: %s", Check.visible(end.toString()));
    tell(ended);
    count(end.state().name());
    return true;
  }

  private void write(Claim claim, TrainingEvent event) {
    try {
      store.write(claim, ModelVersionStore.RESULT, event);
    } catch (IOException e) {
      throw new UncheckedIOException("the model store: " + e.getMessage(), e);
    }
  }

  /**
   * Another trainer has the run, and nothing is left to do. But where the store knows of no claim
   * as high as ours it was put back to an earlier state: then the run goes on under higher claims,
   * or nobody would believe its events.
   */
  private Outcome lose(Claim claim, Ending ending, QueuedRun queued, Delivery delivery) {
    count("released");
    if (!delivery.isLost() && store.isBehind(claim)) {
      LOG.warnf(
          "The model store has forgotten claim %d: it was restored from a backup. The run goes on"
              + " from what is there",
          claim.version());
      outbox.putBack(delivery.record(), queued.place(), queued.requestedAt(), claim.version());
      outbox.confirm();
      return Outcome.ACCEPT;
    }
    LOG.infof("Stopped at step %s: another trainer has it", step(ending));
    return Outcome.RELEASE;
  }

  private static Long step(Ending ending) {
    return ending instanceof Ending.Lost lost ? lost.step() : null;
  }

  /** What the failure of an extension leaves as it was. */
  private String stands(Claim claim) {
    if (!claim.request().isExtension()) {
      return "";
    }
    return store.has(claim.run(), ModelVersionStore.MODEL)
        ? "; the model of before the extension stands, and the run can be extended again"
        : "; what was trained before stands, and the run can be extended again";
  }

  /** Tells a run's end, and sweeps up what it no longer needs. */
  void tell(Claim ended) {
    Events events = outbox.under(ended.version());
    if (ended.end().state() == Claim.State.COMPLETED) {
      publish(events, ended, ModelVersionStore.EVALUATION);
    }
    publish(events, ended, ModelVersionStore.RESULT);
    events.confirm();
    try {
      sweep(ended);
      new TopicProvisioner(admin).delete(Topics.batches(ended.run()));
    } catch (IOException | KafkaException e) {
      LOG.warnf("Left behind: %s", e.getMessage());
    }
  }

  private void publish(Events events, Claim ended, String file) {
    store
        .read(ended, file)
        .ifPresent(event -> events.publish(Messages.read(event, TrainingEvent.class)));
  }

  /** The last checkpoint of a run that may be extended stays. */
  private void sweep(Claim ended) throws IOException {
    switch (ended.end().state()) {
      case COMPLETED -> {
        files.checkpointsOf(ended).keepNewest();
        store.forgetBefore(ended);
      }
      case CANCELLED -> files.checkpointsOf(ended).keepNewest();
      case FAILED, REJECTED -> {
        if (ended.request().isExtension()) {
          files.checkpointsOf(ended).keepNewest();
        } else {
          files.checkpointsOf(ended).clear();
          files.forgetBestWeightsOf(ended);
        }
      }
    }
  }

  /** Counts a run that this trainer is done with. */
  void count(String outcome) {
    metrics.run(outcome);
    Span.current().setAttribute("millrace.outcome", outcome.toLowerCase(Locale.ROOT));
  }
}
