package io.millrace.trainer.store;

import java.io.IOException;

/** A store cannot be reached at the moment, or is in trouble; what was tried may be tried again. */
public final class StoreUnavailableException extends IOException {
  private static final long serialVersionUID = 1L;

  StoreUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
