package io.millrace.trainer.feed;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How long one wait for an answer may take. Its clock starts with it. Late answers are asked for
 * again, at intervals that double up to {@link #LONGEST}: tasks are forgotten after an hour.
 */
final class Patience {
  /** The longest time between two askings. */
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

  /** Whether to ask again now; once it says so, it does not for twice the time. */
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
   * Whether nothing has come for so long that there seems to be no augmenter.
   *
   * @param lastArrival when something came last, by the same clock
   */
  boolean isSilent(long lastArrival) {
    return silence(lastArrival).compareTo(limits.reportAfter()) > 0;
  }

  /** Whether nothing has come for so long that a run in the middle of its training fails. */
  boolean isOver(long lastArrival) {
    return silence(lastArrival).compareTo(limits.giveUpAfter()) > 0;
  }

  /** Since when nothing has come, within this wait. */
  Duration silence(long lastArrival) {
    long since = lastArrival - start > 0 ? lastArrival : start;
    return Duration.ofNanos(clock.getAsLong() - since);
  }
}
