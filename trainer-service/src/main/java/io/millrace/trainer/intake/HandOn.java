package io.millrace.trainer.intake;

import io.millrace.contracts.Check;
import io.millrace.messaging.Delivery;
import io.millrace.messaging.WorkQueue.Outcome;
import io.millrace.trainer.events.TrainerPublisher;
import java.time.Duration;
import org.jboss.logging.Logger;

/**
 * Leaves runs that this version does not understand to trainers of a later one: the desk has
 * understood them, so that some are about to be there. A run is released after a pause, and put at
 * the queue's end before its deliveries are used up, for an hour by the broker's clock.
 */
final class HandOn {
  private static final Logger LOG = Logger.getLogger(HandOn.class);

  /** How long nobody may understand a run before it is refused. */
  static final Duration PATIENCE = Duration.ofHours(1);

  private static final Duration PAUSE = Duration.ofSeconds(5);
  private static final int RELEASES = 2;

  private final TrainerPublisher outbox;

  HandOn(TrainerPublisher outbox) {
    this.outbox = outbox;
  }

  /** Whether another trainer may understand the run. */
  boolean isDue(QueuedRun queued, Delivery delivery) {
    return queued.fault().mayBeLater()
        && delivery.record().timestamp() - queued.handedOnSince() < PATIENCE.toMillis();
  }

  /** Hands it on. */
  Outcome to(QueuedRun queued, Delivery delivery) {
    LOG.infof(
        "Not known to this version, and left to a later one: %s",
        Check.visible(queued.fault().reason()));
    delivery.pause(PAUSE);
    if (delivery.count() <= RELEASES || delivery.shouldStop()) {
      return Outcome.RELEASE;
    }
    outbox.handOn(delivery.record(), queued.place(), queued.requestedAt(), queued.handedOnSince());
    outbox.confirm();
    return Outcome.ACCEPT;
  }

  /** Why it is refused in the end. */
  String reason(QueuedRun queued) {
    return queued.fault().mayBeLater()
        ? queued.fault().reason() + " (not known to this version of the trainer)"
        : queued.fault().reason();
  }
}
