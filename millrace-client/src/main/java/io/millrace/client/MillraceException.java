package io.millrace.client;

/** What goes wrong with a service: it refuses a request, or does not answer. */
public final class MillraceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The status of the refusal, 0 without one. */
  private final int status;

  /** What is to blame; null where nothing is named. */
  private final String field;

  /** What was wrong. */
  private final String detail;

  MillraceException(int status, String field, String detail, Throwable cause) {
    super(status == 0 ? detail : status + ": " + detail, cause);
    this.status = status;
    this.field = field;
    this.detail = detail;
  }

  /**
   * The status of HTTP.
   *
   * @return 0 where the service has not answered
   */
  public int status() {
    return status;
  }

  /**
   * The field of the request, or the parameter, that is to blame.
   *
   * @return null where none is
   */
  public String field() {
    return field;
  }

  /**
   * What was wrong and what is right, in one sentence.
   *
   * @return as the service says it
   */
  public String detail() {
    return detail;
  }
}
