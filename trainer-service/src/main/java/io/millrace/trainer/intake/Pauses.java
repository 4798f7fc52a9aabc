package io.millrace.trainer.intake;

import io.millrace.messaging.Delivery;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waiting with a record in hand. */
final class Pauses {
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private Pauses() {}

  /** Waits; false, at once, where the record can be held no longer. */
  static boolean pause(Delivery delivery, Duration time) {
    long end = System.nanoTime() + time.toNanos();
    while (!delivery.shouldStop() && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(LOOK_NANOS);
    }
    return !delivery.shouldStop();
  }
}
