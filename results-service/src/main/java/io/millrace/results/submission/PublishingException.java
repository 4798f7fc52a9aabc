package io.millrace.results.submission;

/** The broker did not accept a record. */
public final class PublishingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  PublishingException(Throwable cause) {
    super(cause.getMessage(), cause);
  }
}
