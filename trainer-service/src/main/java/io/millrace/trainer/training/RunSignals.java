package io.millrace.trainer.training;

/** What may stop a run from outside. */
public interface RunSignals {

  /** Whether another trainer may have the run. */
  boolean isLost();

  /** Whether the service shuts down. */
  boolean isClosing();

  /** Whether a user cancelled the run. */
  boolean isCancelled();

  /** Whether any of these is so; may be asked by any thread. */
  default boolean shouldStop() {
    return isLost() || isCancelled() || isClosing();
  }

  /**
   * Throws where the run has to stop.
   *
   * @throws RunStopped for the reason that weighs most
   */
  default void check() {
    if (isLost()) {
      throw new RunStopped(RunStopped.Reason.LOST);
    }
    if (isCancelled()) {
      throw new RunStopped(RunStopped.Reason.CANCELLED);
    }
    if (isClosing()) {
      throw new RunStopped(RunStopped.Reason.CLOSING);
    }
  }
}
