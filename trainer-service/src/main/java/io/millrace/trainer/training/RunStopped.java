package io.millrace.trainer.training;

/** A run that ends before its work is done, though nothing is wrong with it. */
public final class RunStopped extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Reason {
    /** A user cancelled it. */
    CANCELLED,
    /** The service shuts down. */
    CLOSING,
    /** Another trainer has it: leave no trace. */
    LOST
  }

  private final Reason reason;

  /** A stop for a reason. */
  public RunStopped(Reason reason) {
    super(reason.name(), null, false, false);
    this.reason = reason;
  }

  /** Why. */
  public Reason reason() {
    return reason;
  }
}
