package io.millrace.trainer.feed;

/** A failure to get batches that ends the run. The message is for the user. */
public final class FeedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String field;

  /**
   * @param field the request's field at fault; null for none
   * @param reason the reason, for the user
   */
  public FeedException(String field, String reason) {
    super(field == null || reason.startsWith(field) ? reason : field + ": " + reason);
    this.field = field;
  }

  /** The request's field at fault; null for none. */
  public String field() {
    return field;
  }
}
