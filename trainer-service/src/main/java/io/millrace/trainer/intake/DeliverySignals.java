package io.millrace.trainer.intake;

import io.millrace.contracts.Check;
import io.millrace.messaging.Delivery;
import io.millrace.trainer.store.Claim;
import io.millrace.trainer.training.RunFailure;
import io.millrace.trainer.training.RunSignals;

/** What can stop a run: its delivery, a user's command, or its time limit. */
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
   * Reports progress, and throws if the run must stop. Only for the thread that trains: any other
   * thread would hide that training hangs.
   *
   * @throws RunFailure if the run has trained too long
   */
  @Override
  public void check() {
    delivery.progressed();
    RunSignals.super.check();
    if (claim.seconds(setup.workshop().clock().instant()) > setup.longest().toSeconds()) {
      throw new RunFailure(
          "has trained for "
              + Check.count(setup.longest().toHours(), "hour")
              + ", the limit of this trainer (millrace.trainer.max-hours); give fewer epochs,"
              + " or ask an operator to raise the limit");
    }
  }
}
