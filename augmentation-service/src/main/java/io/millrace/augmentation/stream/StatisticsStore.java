package io.millrace.augmentation.stream;

import io.millrace.augmentation.transform.FeatureStatistics;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.InterruptException;

/**
 * The most recently used statistics by the digest of their inputs, in at most {@value #MOST_BYTES}
 * bytes. Unknown statistics are computed, one at a time, and shared with the other services.
 */
public final class StatisticsStore {
  /** Two of the largest whitening matrices, or many small ones. */
  private static final long MOST_BYTES = 80L << 20;

  /**
   * How long to wait for the statistics of other services before computing them, with the same
   * result.
   */
  private static final long PATIENCE_SECONDS = 10;

  private final CountDownLatch caughtUp = new CountDownLatch(1);
  private final Map<String, FeatureStatistics> known = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<String, CompletableFuture<FeatureStatistics>> fits = new HashMap<>();
  private long bytes;
  private volatile BiConsumer<String, FeatureStatistics> announcer = (key, statistics) -> {};

  /** Creates a store that waits for {@link #caughtUp} before it computes anything. */
  public StatisticsStore() {}

  /** Creates a store that is not shared. */
  public static StatisticsStore alone() {
    var store = new StatisticsStore();
    store.caughtUp();
    return store;
  }

  /** Signals that all statistics of the other services were {@link #put}. */
  public void caughtUp() {
    caughtUp.countDown();
  }

  /**
   * Sets the listener for statistics that are computed here.
   *
   * @param listener receives a key and its statistics, on the thread that computed them
   */
  public void announceTo(BiConsumer<String, FeatureStatistics> listener) {
    announcer = listener;
  }

  /** Adds statistics. */
  public void put(String key, FeatureStatistics statistics) {
    synchronized (known) {
      FeatureStatistics before = known.put(key, statistics);
      bytes += size(statistics) - (before == null ? 0 : size(before));
      var eldest = known.values().iterator();
      while (bytes > MOST_BYTES && known.size() > 1) {
        bytes -= size(eldest.next());
        eldest.remove();
      }
    }
  }

  /** The statistics of a key; computes them if no service has. */
  public FeatureStatistics of(String key, Supplier<FeatureStatistics> fit) {
    FeatureStatistics statistics = get(key);
    if (statistics != null) {
      return statistics;
    }
    waitForTheOthers();
    var mine = new CompletableFuture<FeatureStatistics>();
    CompletableFuture<FeatureStatistics> running;
    synchronized (known) {
      statistics = known.get(key);
      if (statistics != null) {
        return statistics;
      }
      running = fits.putIfAbsent(key, mine);
    }
    return running == null ? compute(key, fit, mine) : result(running);
  }

  private FeatureStatistics compute(
      String key, Supplier<FeatureStatistics> fit, CompletableFuture<FeatureStatistics> mine) {
    try {
      FeatureStatistics statistics = fit.get();
      put(key, statistics);
      mine.complete(statistics);
      announcer.accept(key, statistics);
      return statistics;
    } catch (RuntimeException | Error e) {
      mine.completeExceptionally(e);
      throw e;
    } finally {
      synchronized (known) {
        fits.remove(key);
      }
    }
  }

  private FeatureStatistics get(String key) {
    synchronized (known) {
      return known.get(key);
    }
  }

  private void waitForTheOthers() {
    try {
      caughtUp.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  private static FeatureStatistics result(CompletableFuture<FeatureStatistics> running) {
    try {
      return running.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException("the statistics cannot be computed: " + e.getCause(), e);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  private static long size(FeatureStatistics statistics) {
    long values = statistics.zca() == null ? 0 : statistics.zca().length;
    return 200 + Float.BYTES * values;
  }
}
