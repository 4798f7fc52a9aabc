package io.millrace.results.submission;

/** A request conflicts with the current state. */
public final class ConflictException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String field;

  public ConflictException(String field, String message) {
    super(message);
    this.field = field;
  }

  /** The field that causes the conflict; null if there is none. */
  public String field() {
    return field;
  }
}
