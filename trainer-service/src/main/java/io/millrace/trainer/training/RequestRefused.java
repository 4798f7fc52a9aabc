package io.millrace.trainer.training;

/** A valid request that cannot run on this data. The message names the field. */
public final class RequestRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String field;

  /**
   * @param field its path in the request
   * @param message for the user; it starts with the field
   */
  public RequestRefused(String field, String message) {
    super(message);
    this.field = field;
  }

  /** The field's path in the request. */
  public String field() {
    return field;
  }
}
