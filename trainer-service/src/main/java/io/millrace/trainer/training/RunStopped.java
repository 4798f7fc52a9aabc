package io.millrace.trainer.training;

/** A run that ends early without a fault of its own. */
public final class RunStopped extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The reason for a stop. */
  public enum Reason {
    /** A user cancelled the run. */
    CANCELLED,
    /** The service shuts down. */
    CLOSING,
    /** Another trainer has the run: write nothing more. */
    LOST
  }

  private final Reason reason;

  /** Creates a stop with its reason. */
  public RunStopped(Reason reason) {
    super(reason.name(), null, false, false);
    this.reason = reason;
  }

  /** The reason for the stop. */
  public Reason reason() {
    return reason;
  }
}
