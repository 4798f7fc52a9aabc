package io.millrace.trainer.store;

import java.io.IOException;

/** A store is unreachable or has a temporary problem; the operation may be retried. */
public final class StoreUnavailableException extends IOException {
  private static final long serialVersionUID = 1L;

  StoreUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
