package io.millrace.trainer.store;

import java.io.IOException;

/**
 * A store refuses an operation: a missing permission, a missing bucket. Retrying does not help
 * until somebody fixes that.
 */
public final class StoreRefusedException extends IOException {
  private static final long serialVersionUID = 1L;

  StoreRefusedException(String message, Throwable cause) {
    super(message, cause);
  }
}
