package io.millrace.access;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * A token bucket for each key: a burst, and then a rate per second. It remembers the last 10,000
 * keys.
 */
public final class RateLimit {
  private static final int MOST_KEYS = 10_000;

  private final double perNano;
  private final int burst;
  private final LongSupplier nanoTime;
  private final Map<String, Bucket> buckets =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
          return size() > MOST_KEYS;
        }
      };

  private record Bucket(double level, long at) {}

  /**
   * @param perSecond the rate
   * @param burst the most that may be taken at once
   * @param nanoTime the clock, in nanoseconds
   */
  public RateLimit(double perSecond, int burst, LongSupplier nanoTime) {
    this.perNano = perSecond / 1e9;
    this.burst = burst;
    this.nanoTime = nanoTime;
  }

  /** Takes one, if the key has one left. */
  public synchronized boolean take(String key) {
    Bucket bucket = filled(key);
    boolean isThere = bucket.level >= 1;
    buckets.put(key, isThere ? new Bucket(bucket.level - 1, bucket.at) : bucket);
    return isThere;
  }

  private Bucket filled(String key) {
    long now = nanoTime.getAsLong();
    Bucket before = buckets.get(key);
    return before == null
        ? new Bucket(burst, now)
        : new Bucket(Math.min(burst, before.level + (now - before.at) * perNano), now);
  }
}
