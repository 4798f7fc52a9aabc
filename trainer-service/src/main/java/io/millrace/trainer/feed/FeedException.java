package io.millrace.trainer.feed;

/** No batches come, for a reason that ends the run. The message is meant for the user. */
public final class FeedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String field;

  /**
   * @param field of the request that is to blame; null where none is
   * @param reason in words for the user
   */
  public FeedException(String field, String reason) {
    super(field == null || reason.startsWith(field) ? reason : field + ": " + reason);
    this.field = field;
  }

  /** The field of the request that is to blame; null where none is. */
  public String field() {
    return field;
  }
}
