package io.millrace.trainer.intake;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.network.ForeseenData;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.messaging.Delivery;
import io.millrace.trainer.intake.ClaimRules.Decision;
import io.millrace.trainer.store.Claim;
import io.millrace.trainer.store.ModelVersionStore;
import io.millrace.trainer.training.RunFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Decides what to do with a delivered run, from {@link ClaimRules} and the model store. */
final class Decisions {
  private static final Logger LOG = Logger.getLogger(Decisions.class);

  private final RunIntake.Setup setup;
  private final RunFiles files;
  private final ModelVersionStore store;
  private final ClaimRules rules;

  Decisions(RunIntake.Setup setup) {
    this.setup = setup;
    files = setup.workshop().files();
    store = files.store();
    rules = new ClaimRules(setup.maxDeliveries());
  }

  /** Decides, and writes the resulting claim. */
  Decision on(QueuedRun queued, Delivery delivery) {
    Claim fresh =
        Claim.first(
            setup.cluster(),
            queued.place(),
            delivery.count(),
            setup.workshop().trainer(),
            setup.workshop().clock().instant(),
            queued.request());
    boolean cancelled = isCancelled(queued);
    int floor = Math.max(queued.floor(), store.claimFloor());
    Decision decision;
    do {
      Optional<Claim> current = store.claim(queued.run());
      long reached = current.map(this::reached).orElse(0L);
      decision =
          rules.decide(
              current,
              new ClaimRules.Arrival(fresh, queued.successorOf(), reached, cancelled, floor));
      if (decision instanceof Decision.Train train && current.isEmpty()) {
        decision = foreseen(train);
      }
    } while (!decision.claimed().map(store::put).orElse(true));
    return decision;
  }

  /** Rejects a network that needs too much memory here, before anything is created for it. */
  private Decision foreseen(Decision.Train train) {
    TrainingRequest request = train.claim().request();
    try {
      ForeseenData.of(request).ifPresent(data -> setup.workshop().planner().plan(request, data));
      return train;
    } catch (InvalidMessageException e) {
      String reason = e.getMessage().substring(e.field().length()).replaceFirst("^: ", "");
      return new Decision.Refuse(e.field(), reason, false);
    } catch (RuntimeException e) {
      // A request never blocks the queue: an unforeseen error here fails the run when it trains.
      LOG.warn("The network's memory cannot be estimated before the run begins", e);
      return train;
    }
  }

  private long reached(Claim claim) {
    try {
      return files.checkpointsOf(claim).newestStep();
    } catch (IOException e) {
      throw new UncheckedIOException("the checkpoints: " + e.getMessage(), e);
    }
  }

  /** Whether the user has cancelled the run since it was requested. */
  boolean isCancelled(QueuedRun queued) {
    return setup.cancellations().isCancelled(queued.run(), queued.requestedAt());
  }

  /** Whether a run with this id exists, which another request does not change. */
  boolean isHeld(QueuedRun queued) {
    return store.claim(queued.run()).filter(Claim::holdsItsId).isPresent();
  }
}
