package io.millrace.trainer.store;

import java.io.IOException;

/**
 * A store answers, and refuses: a right is missing, a bucket is gone. Trying again does not help as
 * long as nobody mends that.
 */
public final class StoreRefusedException extends IOException {
  private static final long serialVersionUID = 1L;

  StoreRefusedException(String message, Throwable cause) {
    super(message, cause);
  }
}
