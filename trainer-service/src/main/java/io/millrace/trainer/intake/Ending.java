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

/** How a trainer is done with a run that it had claimed. {@link RunEnds} acts on it. */
sealed interface Ending {

  /** The run itself has ended. */
  sealed interface Final extends Ending {
    /** What its claim says from then on. */
    Claim.State state();

    /** What is told. */
    TrainingEvent event(Claim claim, Instant at);
  }

  /** It trained to its end, and its model is stored. */
  record Completed(TrainingEvent.RunCompleted told) implements Final {
    @Override
    public Claim.State state() {
      return Claim.State.COMPLETED;
    }

    @Override
    public TrainingEvent event(Claim claim, Instant at) {
      return told;
    }
  }

  /**
   * It cannot go on.
   *
   * @param reason one sentence for the user
   * @param step at which; null where it never came to one
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
   * A user cancelled it.
   *
   * @param step steps made; null where it never came to one
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

  /** It was refused before it began, and its id is free again. */
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

  /** It goes on under the record's next delivery; this trainer leaves it in good order. */
  record GivenBack(Long step) implements Ending {}

  /** Another trainer has it, or may have it: nothing more is written. */
  record Lost(Long step) implements Ending {}

  /**
   * What a run that stopped ends as.
   *
   * @param e what was thrown
   * @param step steps made; null where it never came to one
   * @param started whether it has trained before: then the request was good, and what it needs has
   *     changed since
   * @return empty where this says nothing of the run but something of Kafka or of the stores: see
   *     {@link Fault}
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
