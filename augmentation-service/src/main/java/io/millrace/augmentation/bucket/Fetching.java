package io.millrace.augmentation.bucket;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** Waits for what another thread fetches. */
public final class Fetching {
  private Fetching() {}

  /**
   * What was fetched.
   *
   * @throws ClosedByInterruptException where the waiting thread is interrupted
   * @throws IOException where it could not be fetched
   */
  public static <V> V join(Future<V> fetch) throws IOException {
    try {
      return fetch.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClosedByInterruptException();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException flaw) {
        throw flaw;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw (IOException) e.getCause();
    }
  }
}
