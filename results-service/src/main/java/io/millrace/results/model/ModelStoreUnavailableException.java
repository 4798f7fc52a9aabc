package io.millrace.results.model;

/** The model store does not answer. */
public final class ModelStoreUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1;

  ModelStoreUnavailableException(String store, Exception cause) {
    super(store + " does not answer: " + cause.getMessage(), cause);
  }
}
