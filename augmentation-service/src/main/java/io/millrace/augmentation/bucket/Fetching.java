package io.millrace.augmentation.bucket;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** Waits for a fetch that runs in another thread. */
public final class Fetching {
  private Fetching() {}

  /**
   * Waits for a fetch and returns its result.
   *
   * @throws ClosedByInterruptException if the waiting thread is interrupted
   * @throws IOException if the fetch failed
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
