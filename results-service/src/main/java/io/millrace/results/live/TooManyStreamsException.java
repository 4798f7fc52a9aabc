package io.millrace.results.live;

/** As many streams as this service may have are open. */
public final class TooManyStreamsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TooManyStreamsException(int most) {
    super("all " + most + " streams of this service are taken; try again later");
  }
}
