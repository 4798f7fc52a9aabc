package io.millrace.results.submission;

import io.millrace.contracts.Check;

/** The run belongs to another user. */
public final class ForeignRunException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ForeignRunException(String run, String owner) {
    super(
        "the run "
            + Check.quote(run)
            + " belongs to "
            + Check.quote(owner)
            + "; only its owner or an admin may change it");
  }
}
