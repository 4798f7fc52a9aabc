package io.millrace.results.query;

import io.millrace.contracts.Check;

/** The requested thing does not exist. The message is for the user. */
public final class UnknownException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public UnknownException(String message) {
    super(message, null, false, false);
  }

  /** The error for a run that does not exist. */
  public static UnknownException ofRun(String run) {
    return new UnknownException("run " + Check.quote(run) + " does not exist");
  }

  /** The error for an experiment that does not exist. */
  public static UnknownException ofExperiment(String experiment) {
    return new UnknownException("experiment " + Check.quote(experiment) + " does not exist");
  }
}
