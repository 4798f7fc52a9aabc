package io.millrace.augmentation.preview;

/** A question that is answered with an error other than 400. */
final class RefusalException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String field;

  /**
   * @param status of HTTP
   * @param field to blame; empty where none is
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
