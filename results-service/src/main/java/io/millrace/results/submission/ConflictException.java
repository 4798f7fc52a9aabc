package io.millrace.results.submission;

/** What is asked for does not go with what is there. */
public final class ConflictException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String field;

  public ConflictException(String field, String message) {
    super(message);
    this.field = field;
  }

  /** The field to blame; null where none is. */
  public String field() {
    return field;
  }
}
