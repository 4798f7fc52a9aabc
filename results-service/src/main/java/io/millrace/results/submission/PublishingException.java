package io.millrace.results.submission;

/** The broker does not take what is to be published. */
public final class PublishingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  PublishingException(Throwable cause) {
    super(cause.getMessage(), cause);
  }
}
