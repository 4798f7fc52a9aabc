package io.millrace.local;

/** An error that the user can correct. Only its message is printed, without a stack trace. */
final class UserError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UserError(String message) {
    super(message);
  }
}
