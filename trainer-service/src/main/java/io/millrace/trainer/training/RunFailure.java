package io.millrace.trainer.training;

/** A run that cannot go on. The message is one sentence for the user. */
public final class RunFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A failure for a reason. */
  public RunFailure(String reason) {
    super(reason);
  }
}
