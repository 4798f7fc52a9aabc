package io.millrace.trainer.intake;

import io.millrace.contracts.Check;
import io.millrace.messaging.Delivery;
import io.millrace.trainer.store.Claim;
import io.millrace.trainer.training.RunFailure;
import io.millrace.trainer.training.RunSignals;

/** What may stop a run: its delivery, a user's command, or the time that it may take. */
final class DeliverySignals implements RunSignals {
  private final RunIntake.Setup setup;
  private final Claim claim;
  private final QueuedRun queued;
  private final Delivery delivery;

  DeliverySignals(RunIntake.Setup setup, Claim claim, QueuedRun queued, Delivery delivery) {
    this.setup = setup;
    this.claim = claim;
    this.queued = queued;
    this.delivery = delivery;
  }

  @Override
  public boolean isLost() {
    return delivery.isLost();
  }

  @Override
  public boolean isClosing() {
    return delivery.isClosing();
  }

  @Override
  public boolean isCancelled() {
    return setup.cancellations().isCancelled(claim.run(), queued.requestedAt());
  }

  /**
   * Says that the run gets on, since it asks; throws where it has to stop. For the thread that
   * trains, and no other: that one may hang.
   *
   * @throws RunFailure where it takes too long
   */
  @Override
  public void check() {
    delivery.progressed();
    RunSignals.super.check();
    if (claim.seconds(setup.workshop().clock().instant()) > setup.longest().toSeconds()) {
      throw new RunFailure(
          "has trained for "
              + Check.count(setup.longest().toHours(), "hour")
              + ", which is the most that this trainer allows (millrace.trainer.max-hours);"
              + " give fewer epochs, or have the limit raised");
    }
  }
}
