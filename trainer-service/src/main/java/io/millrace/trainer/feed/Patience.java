package io.millrace.trainer.feed;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Timeouts of one wait for a batch; the wait starts with the constructor. A late batch is requested
 * again, at intervals that double up to {@link #LONGEST}, because tasks expire after an hour.
 */
final class Patience {
  /** The longest interval between two requests. */
  static final Duration LONGEST = Duration.ofMinutes(30);

  private final FeedLimits limits;
  private final LongSupplier clock;
  private final long start;
  private long step;
  private long late;

  /**
   * @param clock in nanoseconds, as {@link System#nanoTime}
   */
  Patience(FeedLimits limits, LongSupplier clock) {
    this.limits = limits;
    this.clock = clock;
    start = clock.getAsLong();
    step = limits.askAgainAfter().toNanos();
    late = start + step;
  }

  /** Whether to request again now; true at most once per interval, and the interval doubles. */
  boolean isLate() {
    long now = clock.getAsLong();
    if (now - late < 0) {
      return false;
    }
    step = Math.min(2 * step, Math.max(LONGEST.toNanos(), limits.askAgainAfter().toNanos()));
    late = now + step;
    return true;
  }

  /**
   * Whether the silence is long enough to suspect that no augmentation service runs.
   *
   * @param lastArrival when the last record arrived, by the same clock
   */
  boolean isSilent(long lastArrival) {
    return silence(lastArrival).compareTo(limits.reportAfter()) > 0;
  }

  /** Whether the silence is so long that a run that is training fails. */
  boolean isOver(long lastArrival) {
    return silence(lastArrival).compareTo(limits.giveUpAfter()) > 0;
  }

  /** How long no record has arrived, within this wait. */
  Duration silence(long lastArrival) {
    long since = lastArrival - start > 0 ? lastArrival : start;
    return Duration.ofNanos(clock.getAsLong() - since);
  }
}
