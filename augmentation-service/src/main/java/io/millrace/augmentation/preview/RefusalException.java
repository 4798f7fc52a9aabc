package io.millrace.augmentation.preview;

/** A request that is answered with an error status other than 400. */
final class RefusalException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String field;

  /**
   * @param status the HTTP status
   * @param field the wrong field; empty if there is none
   * @param reason for the user
   */
  RefusalException(int status, String field, String reason) {
    super(reason);
    this.status = status;
    this.field = field;
  }

  int status() {
    return status;
  }

  String field() {
    return field;
  }
}
