package io.millrace.trainer.training;

import io.opentelemetry.context.Context;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;

/**
 * Stores a run's files while the run continues, one after the other in the order given, so that a
 * checkpoint is stored only after the weights that it needs. After a failure, later files are
 * dropped, and the run gets the exception with its next call.
 */
final class StoreQueue implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(StoreQueue.class);

  /** The most files at a time, one being stored and one waiting; adding another one blocks. */
  private static final int FILES = 2;

  private final Semaphore places = new Semaphore(FILES);
  private final ExecutorService thread;
  private volatile Throwable failure;

  /** Stores a file. */
  @FunctionalInterface
  interface Write {
    /** Stores the file. */
    void run() throws IOException;
  }

  /**
   * An empty queue.
   *
   * @param run for the logs
   */
  StoreQueue(String run) {
    thread =
        Executors.newSingleThreadExecutor(
            task -> {
              var made =
                  new Thread(
                      () -> {
                        MDC.put("run", run);
                        task.run();
                      },
                      "store-" + run);
              made.setDaemon(true);
              return made;
            });
  }

  /**
   * Queues a file.
   *
   * @param file a local file, which is deleted afterwards
   * @throws IOException if an earlier file could not be stored
   * @throws RunStopped if an earlier file was refused because another trainer has the run
   */
  void add(Path file, Write write) throws IOException {
    places.acquireUninterruptibly();
    try {
      check();
      thread.execute(Context.current().wrap(() -> store(file, write)));
    } catch (IOException | RuntimeException | Error e) {
      places.release();
      delete(file);
      throw e;
    }
  }

  private void store(Path file, Write write) {
    try {
      if (failure == null) {
        write.run();
      }
    } catch (IOException | RuntimeException | Error e) {
      failure = e;
    } finally {
      delete(file);
      places.release();
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warnf("Cannot delete %s: %s", file, e.getMessage());
    }
  }

  /**
   * Waits until all files are stored.
   *
   * @throws IOException if one could not be stored
   * @throws RunStopped if one was refused because another trainer has the run
   */
  void await() throws IOException {
    settle();
    check();
  }

  /** Throws if a file was refused because another trainer has the run. */
  void checkOurs() {
    if (failure instanceof RunStopped stopped) {
      throw stopped;
    }
  }

  private void check() throws IOException {
    Throwable e = failure;
    if (e instanceof IOException io) {
      throw io;
    }
    if (e instanceof Error error) {
      throw error;
    }
    if (e != null) {
      throw (RuntimeException) e;
    }
  }

  /** Waits until no file is queued. */
  void settle() {
    places.acquireUninterruptibly(FILES);
    places.release(FILES);
  }

  /** Waits until no file is queued, and ends the thread. */
  @Override
  public void close() {
    settle();
    thread.shutdown();
  }
}
