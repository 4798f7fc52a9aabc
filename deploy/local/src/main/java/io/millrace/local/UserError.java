package io.millrace.local;

/** What the user can mend; its message is all there is to say. */
final class UserError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UserError(String message) {
    super(message);
  }
}
