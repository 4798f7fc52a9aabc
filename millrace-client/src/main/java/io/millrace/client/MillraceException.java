package io.millrace.client;

/** The service rejects a request, or does not answer. */
public final class MillraceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The HTTP status, or 0 without a response. */
  private final int status;

  /** The field or parameter that is wrong, or null. */
  private final String field;

  /** What is wrong. */
  private final String detail;

  MillraceException(int status, String field, String detail, Throwable cause) {
    super(status == 0 ? detail : status + ": " + detail, cause);
    this.status = status;
    this.field = field;
    this.detail = detail;
  }

  /**
   * Returns the HTTP status.
   *
   * @return the status, or 0 if the service has not answered
   */
  public int status() {
    return status;
  }

  /**
   * Returns the field of the request, or the parameter, that is wrong.
   *
   * @return the field or parameter, or null if the error concerns none
   */
  public String field() {
    return field;
  }

  /**
   * Returns what is wrong and what is right.
   *
   * @return the message of the service
   */
  public String detail() {
    return detail;
  }
}
