package io.millrace.results.query;

/** What was asked for is not known. The message is meant for the user. */
public final class UnknownException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With a sentence for the user. */
  public UnknownException(String message) {
    super(message, null, false, false);
  }
}
