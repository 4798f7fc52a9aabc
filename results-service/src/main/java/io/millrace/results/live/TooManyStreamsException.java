package io.millrace.results.live;

/** The limit of open streams is reached. */
public final class TooManyStreamsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TooManyStreamsException(int most) {
    super("all " + most + " event streams of this service are in use; try again later");
  }
}
