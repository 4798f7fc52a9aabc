package io.millrace.results.submission;

/** A caller has as much in the queue as one may have. */
public final class FullException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  FullException(String message) {
    super(message);
  }
}
