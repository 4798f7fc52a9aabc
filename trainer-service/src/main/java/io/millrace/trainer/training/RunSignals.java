package io.millrace.trainer.training;

/** What can stop a run from outside. */
public interface RunSignals {

  /** Whether another trainer may have the run. */
  boolean isLost();

  /** Whether the service shuts down. */
  boolean isClosing();

  /** Whether a user cancelled the run. */
  boolean isCancelled();

  /** Whether any of these is true; any thread may call it. */
  default boolean shouldStop() {
    return isLost() || isCancelled() || isClosing();
  }

  /**
   * Throws if the run must stop.
   *
   * @throws RunStopped with the most important reason
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
