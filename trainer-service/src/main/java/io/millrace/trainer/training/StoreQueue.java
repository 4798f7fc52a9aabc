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
 * Brings a run's files into their stores while the run goes on: one after the other, in the order
 * in which they were given, so that a checkpoint is there only once the weights are that it relies
 * on. Where one fails, those that come later are dropped, and the run is told when it asks next.
 */
final class StoreQueue implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(StoreQueue.class);

  /** The most files at a time, the one under way and one more: who gives another one waits. */
  private static final int FILES = 2;

  private final Semaphore places = new Semaphore(FILES);
  private final ExecutorService thread;
  private volatile Throwable failure;

  /** Brings a file into a store. */
  @FunctionalInterface
  interface Write {
    /** Does it. */
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
   * Has a file stored.
   *
   * @param file a local one, which is deleted afterwards
   * @throws IOException where an earlier file could not be stored
   * @throws RunStopped where an earlier one was refused because the run is another trainer's
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
      LOG.warnf("%s is left: %s", file, e.getMessage());
    }
  }

  /**
   * Waits until all files are stored.
   *
   * @throws IOException where one could not be stored
   * @throws RunStopped where one was refused because the run is another trainer's
   */
  void await() throws IOException {
    settle();
    check();
  }

  /** Throws where a file was refused because the run is another trainer's. */
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

  /** Waits until nothing is under way any more. */
  void settle() {
    places.acquireUninterruptibly(FILES);
    places.release(FILES);
  }

  /** Waits until nothing is under way any more. */
  @Override
  public void close() {
    settle();
    thread.shutdown();
  }
}
