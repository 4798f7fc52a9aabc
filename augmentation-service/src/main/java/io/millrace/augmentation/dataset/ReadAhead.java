package io.millrace.augmentation.dataset;

import io.millrace.augmentation.bucket.BucketPath;
import io.millrace.augmentation.bucket.Fetching;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Reads files in their order. Files in a bucket are read ahead and in parallel, because each one
 * waits for the network. Not thread-safe.
 *
 * @param <V> the result of reading a file
 */
final class ReadAhead<V> {
  /** Files of all data sets that are read in parallel. */
  private static final int AT_A_TIME = 32;

  /** Files that are read ahead. */
  private static final int AHEAD = 64;

  private static final ThreadPoolExecutor THREADS = threads();

  private final List<Path> files;
  private final Reading<V> reading;
  private final boolean readsAll;
  private final Deque<Future<V>> ahead = new ArrayDeque<>();
  private int next;
  private int begun;

  /** Reads a file. */
  @FunctionalInterface
  interface Reading<V> {
    V read(Path file) throws IOException;
  }

  /**
   * @param reading called by several threads concurrently
   * @param readsAll whether the files are read completely and decoded; then they are fetched ahead
   *     but read by one thread, because decoding takes memory
   */
  ReadAhead(List<Path> files, Reading<V> reading, boolean readsAll) {
    this.files = files;
    this.reading = reading;
    this.readsAll = readsAll;
  }

  private static ThreadPoolExecutor threads() {
    var threads =
        new ThreadPoolExecutor(
            AT_A_TIME,
            AT_A_TIME,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            run -> {
              var thread = new Thread(run, "bucket-headers");
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
    return threads;
  }

  boolean hasNext() {
    return next < files.size();
  }

  /** The result for the next file. */
  V next() throws IOException {
    Path file = files.get(next++);
    if (!(file instanceof BucketPath)) {
      return reading.read(file);
    }
    for (; begun < Math.min(next + AHEAD, files.size()); begun++) {
      begin((BucketPath) files.get(begun));
    }
    return readsAll ? reading.read(file) : Fetching.join(ahead.remove());
  }

  private void begin(BucketPath file) {
    if (readsAll) {
      file.fetchAhead();
    } else {
      ahead.add(THREADS.submit(() -> reading.read(file)));
    }
  }
}
