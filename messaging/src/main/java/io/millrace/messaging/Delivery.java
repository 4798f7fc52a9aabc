package io.millrace.messaging;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** A record in hand, for as long as its lock is renewed. */
public final class Delivery {
  private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final ConsumerRecord<byte[], byte[]> record;
  private final int count;
  private final long lockNanos;
  private volatile long heldUntil;
  private volatile long progressedAt = System.nanoTime();
  private volatile boolean lost;
  private volatile boolean closing;

  /**
   * @param lock how long the record stays locked without renewal
   * @param lockedAt the earliest time at which that can have begun, by {@link System#nanoTime}
   */
  Delivery(ConsumerRecord<byte[], byte[]> record, Duration lock, long lockedAt) {
    this.record = record;
    lockNanos = lock.toNanos();
    heldUntil = lockedAt + lockNanos;
    count = record.deliveryCount().map(Short::intValue).orElse(1);
  }

  /** The record. */
  public ConsumerRecord<byte[], byte[]> record() {
    return record;
  }

  /** How many times it was handed out, this one included; a later delivery has a higher count. */
  public int count() {
    return count;
  }

  /**
   * When its work was asked for by the broker's clock, in milliseconds since 1970: what the record
   * says in {@link Topics#REQUESTED_AT}, where somebody has queued it for another, or else its own
   * time.
   */
  public long requestedAt() {
    Header header = record.headers().lastHeader(Topics.REQUESTED_AT);
    if (header == null || header.value() == null) {
      return record.timestamp();
    }
    try {
      return Long.parseLong(new String(header.value(), StandardCharsets.UTF_8));
    } catch (NumberFormatException e) {
      return record.timestamp();
    }
  }

  /**
   * Whether the lock was lost: another consumer may have the record; stop, and leave no trace. A
   * process that was paused for longer than its lock is told at once when it wakes.
   */
  public boolean isLost() {
    return lost || System.nanoTime() - heldUntil > 0;
  }

  /** Whether the queue is closing: stop soon, with {@link WorkQueue.Outcome#RELEASE}. */
  public boolean isClosing() {
    return closing;
  }

  /** Whether to stop working, for either reason. */
  public boolean shouldStop() {
    return isLost() || closing;
  }

  /**
   * Says that the work gets on; to be called at each step of it. A record whose work does not for
   * as long as {@link WorkQueue.Place#withoutProgress} is given up.
   */
  public void progressed() {
    progressedAt = System.nanoTime();
  }

  /**
   * Waits while the record is held, which counts as progress.
   *
   * @return false where it is to be held no longer
   */
  public boolean pause(Duration longest) {
    long end = System.nanoTime() + longest.toNanos();
    while (!shouldStop() && System.nanoTime() - end < 0) {
      progressed();
      LockSupport.parkNanos(SLICE_NANOS);
    }
    return !shouldStop();
  }

  Duration sinceProgress() {
    return Duration.ofNanos(System.nanoTime() - progressedAt);
  }

  void renewed() {
    heldUntil = System.nanoTime() + lockNanos;
  }

  void lose() {
    lost = true;
  }

  void closeSoon() {
    closing = true;
  }
}
