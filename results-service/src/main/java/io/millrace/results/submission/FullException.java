package io.millrace.results.submission;

/** The caller has reached the limit of queued runs. */
public final class FullException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  FullException(String message) {
    super(message);
  }
}
