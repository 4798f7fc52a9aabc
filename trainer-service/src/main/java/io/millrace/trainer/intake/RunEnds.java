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
 * The one place where a run leaves a trainer: the end is stored, then published, then files that
 * are no longer needed are deleted. Every step can be repeated.
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
   * Ends this trainer's work on a run.
   *
   * @param claim the claim under which it was ours
   * @return the outcome for its record
   */
  Outcome end(Claim claim, Ending ending, QueuedRun queued, Delivery delivery) {
    if (ending instanceof Ending.GivenBack back) {
      LOG.infof("Stopped at step %s and returned to the queue", back.step());
      store.put(claim.givenBack());
      count("released");
      return Outcome.RELEASE;
    }
    if (ending instanceof Ending.Final end && conclude(claim, end, delivery)) {
      return Outcome.ACCEPT;
    }
    return lose(claim, ending, queued, delivery);
  }

  /** Stores the end, if the run is still ours, and then publishes it. */
  private boolean conclude(Claim claim, Ending.Final ending, Delivery delivery) {
    if (!store.isCurrent(claim)) {
      return false;
    }
    Ending.Final end = ending;
    if (ending instanceof Ending.Failed failed) {
      end = new Ending.Failed(failed.reason() + unchangedBy(claim), failed.step());
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
    publishEnd(ended);
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
   * Another trainer has the run, and nothing is left to do. But if the store's highest claim is
   * below ours, the store was restored from a backup: then the run resumes under higher claims,
   * because its events would be ignored otherwise.
   */
  private Outcome lose(Claim claim, Ending ending, QueuedRun queued, Delivery delivery) {
    count("released");
    if (!delivery.isLost() && store.isBehind(claim)) {
      LOG.warnf(
          "The model store has lost claim %d: it was restored from a backup. The run resumes from"
              + " the files that exist",
          claim.version());
      outbox.putBack(delivery.record(), queued.place(), queued.requestedAt(), claim.version());
      outbox.confirm();
      return Outcome.ACCEPT;
    }
    LOG.infof("Stopped at step %s: another trainer has the run", step(ending));
    return Outcome.RELEASE;
  }

  private static Long step(Ending ending) {
    return ending instanceof Ending.Lost lost ? lost.step() : null;
  }

  /** What a failed extension leaves unchanged, for the failure's reason. */
  private String unchangedBy(Claim claim) {
    if (!claim.request().isExtension()) {
      return "";
    }
    return store.has(claim.run(), ModelVersionStore.MODEL)
        ? "; the model from before the extension is unchanged, and the run can be extended again"
        : "; the earlier training is unchanged, and the run can be extended again";
  }

  /** Publishes a run's end, and deletes files that are no longer needed. */
  void publishEnd(Claim ended) {
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
      LOG.warnf("Some files or the batch topic remain: %s", e.getMessage());
    }
  }

  private void publish(Events events, Claim ended, String file) {
    store
        .read(ended, file)
        .ifPresent(event -> events.publish(Messages.read(event, TrainingEvent.class)));
  }

  /** Keeps the last checkpoint of a run that may be extended. */
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

  /** Counts a run that this trainer has finished with. */
  void count(String outcome) {
    metrics.run(outcome);
    Span.current().setAttribute("millrace.outcome", outcome.toLowerCase(Locale.ROOT));
  }
}
