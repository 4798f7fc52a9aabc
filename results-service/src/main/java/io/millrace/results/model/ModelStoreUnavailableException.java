package io.millrace.results.model;

/** The model store is unavailable. */
public final class ModelStoreUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1;

  ModelStoreUnavailableException(String store, Exception cause) {
    super(store + " is unavailable: " + cause.getMessage(), cause);
  }
}
