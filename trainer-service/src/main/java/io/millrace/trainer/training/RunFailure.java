package io.millrace.trainer.training;

/** A run that fails. The message is one sentence for the user. */
public final class RunFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Creates a failure with its reason. */
  public RunFailure(String reason) {
    super(reason);
  }
}
