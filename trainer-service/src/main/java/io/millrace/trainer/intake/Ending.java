package io.millrace.trainer.intake;

import io.millrace.contracts.event.RefusedBy;
import io.millrace.contracts.event.TrainingEvent;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.trainer.feed.FeedException;
import io.millrace.trainer.store.Claim;
import io.millrace.trainer.training.RequestRefused;
import io.millrace.trainer.training.RunFailure;
import io.millrace.trainer.training.RunStopped;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import org.jboss.logging.Logger;

/** How a trainer finishes with a run that it had claimed. {@link RunEnds} carries it out. */
sealed interface Ending {

  /** The run itself has ended. */
  sealed interface Final extends Ending {
    /** The state that the claim records. */
    Claim.State state();

    /** The event that reports the end. */
    TrainingEvent event(Claim claim, Instant at);
  }

  /** The run trained to its end, and its model is stored. */
  record Completed(TrainingEvent.RunCompleted event) implements Final {
    @Override
    public Claim.State state() {
      return Claim.State.COMPLETED;
    }

    @Override
    public TrainingEvent event(Claim claim, Instant at) {
      return event;
    }
  }

  /**
   * The run failed.
   *
   * @param reason one sentence for the user
   * @param step the last step; null before the first one
   */
  record Failed(String reason, Long step) implements Final {
    @Override
    public Claim.State state() {
      return Claim.State.FAILED;
    }

    @Override
    public TrainingEvent event(Claim claim, Instant at) {
      return new TrainingEvent.RunFailed(null, claim.run(), at, reason, step);
    }
  }

  /**
   * A user cancelled the run.
   *
   * @param step steps made; null before the first one
   */
  record Cancelled(Long step) implements Final {
    @Override
    public Claim.State state() {
      return Claim.State.CANCELLED;
    }

    @Override
    public TrainingEvent event(Claim claim, Instant at) {
      return new TrainingEvent.RunCancelled(null, claim.run(), at, step);
    }
  }

  /** The run was rejected before it began; its id is free again. */
  record Rejected(String field, String reason) implements Final {
    @Override
    public Claim.State state() {
      return Claim.State.REJECTED;
    }

    @Override
    public TrainingEvent event(Claim claim, Instant at) {
      TrainingRequest request = claim.request();
      return new TrainingEvent.RunRejected(
          null,
          claim.run(),
          at,
          field,
          reason,
          false,
          Messages.tree(request),
          request.experiment(),
          request.variant(),
          RefusedBy.TRAINER);
    }
  }

  /** The trainer leaves the run in good order; the record's next delivery resumes it. */
  record GivenBack(Long step) implements Ending {}

  /** Another trainer has the run, or may have it: nothing more is written. */
  record Lost(Long step) implements Ending {}

  /**
   * The ending for an exception that stopped a run.
   *
   * @param e the exception
   * @param step steps made; null before the first one
   * @param started whether the run had begun to train: then its request was valid, and something
   *     else has changed since
   * @return empty if the exception is about Kafka or a store and not about the run: see {@link
   *     Fault}
   */
  static Optional<Ending> of(Throwable e, Long step, boolean started) {
    if (e instanceof RunStopped stopped) {
      return Optional.of(
          switch (stopped.reason()) {
            case CANCELLED -> new Cancelled(step);
            case CLOSING -> new GivenBack(step);
            case LOST -> new Lost(step);
          });
    }
    if (e instanceof RequestRefused refused && !started) {
      return Optional.of(new Rejected(refused.field(), refused.getMessage()));
    }
    if (e instanceof RequestRefused || e instanceof RunFailure || e instanceof FeedException) {
      return Optional.of(new Failed(e.getMessage(), step));
    }
    if (Fault.of(e).isPresent()) {
      return Optional.empty();
    }
    Logger.getLogger(Ending.class).error("The run fails", e);
    return Optional.of(new Failed(reason(e), step));
  }

  private static String reason(Throwable e) {
    if (MemoryShortage.isBehind(e)) {
      return MemoryShortage.REASON;
    }
    return e instanceof IOException
        ? "the trainer could not read or write the run's files: " + e
        : "the trainer met an unexpected error: " + e + "; see its log";
  }
}
