package io.millrace.trainer.intake;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How long a trainer retries while Kafka or a store refuses an operation. Temporary problems are
 * retried without limit.
 */
final class Endurance {
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(3);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private final Duration limit;
  private final LongSupplier clock;
  private Long refusedSince;
  private long last;
  private Duration pause = FIRST_PAUSE;

  /**
   * @param limit how long the same refusal is retried
   * @param clock in nanoseconds, as {@link System#nanoTime}
   */
  Endurance(Duration limit, LongSupplier clock) {
    this.limit = limit;
    this.clock = clock;
  }

  /**
   * Records a failed try.
   *
   * @return whether further tries are pointless
   */
  boolean isOverAfter(Fault fault) {
    long now = clock.getAsLong();
    // The operation worked in between: this is another problem.
    boolean isNew = refusedSince == null || now - last > limit.plus(LONGEST_PAUSE).toNanos();
    if (isNew) {
      pause = FIRST_PAUSE;
    }
    last = now;
    if (!fault.lasts()) {
      refusedSince = null;
      return false;
    }
    refusedSince = isNew ? now : refusedSince;
    return now - refusedSince >= limit.toNanos();
  }

  /** The pause before the next try; it grows with each one. */
  Duration nextPause() {
    Duration next = pause;
    Duration twice = pause.multipliedBy(2);
    pause = twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
    return next;
  }
}
