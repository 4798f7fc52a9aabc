package io.millrace.trainer.intake;

import io.millrace.contracts.Check;
import io.millrace.messaging.Delivery;
import io.millrace.messaging.WorkQueue.Outcome;
import io.millrace.trainer.events.TrainerPublisher;
import java.time.Duration;
import org.jboss.logging.Logger;

/**
 * Passes runs that this version does not understand on to newer trainers: admission has accepted
 * them, so that newer trainers should start soon. A run is released after a pause, and moved to the
 * end of the queue before its deliveries are used up, for an hour by the broker's clock.
 */
final class HandOn {
  private static final Logger LOG = Logger.getLogger(HandOn.class);

  /** How long a run may wait for a trainer that understands it, before it is rejected. */
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

  /** Passes the run on. */
  Outcome to(QueuedRun queued, Delivery delivery) {
    LOG.infof(
        "Passed on to a newer trainer, because this version does not support the request: %s",
        Check.visible(queued.fault().reason()));
    delivery.pause(PAUSE);
    if (delivery.count() <= RELEASES || delivery.shouldStop()) {
      return Outcome.RELEASE;
    }
    outbox.handOn(delivery.record(), queued.place(), queued.requestedAt(), queued.handedOnSince());
    outbox.confirm();
    return Outcome.ACCEPT;
  }

  /** The reason for the final rejection. */
  String reason(QueuedRun queued) {
    return queued.fault().mayBeLater()
        ? queued.fault().reason() + " (not supported by this version of the trainer)"
        : queued.fault().reason();
  }
}
