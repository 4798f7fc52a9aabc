package io.millrace.messaging;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** A record that a worker holds while its lock is renewed. */
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
   * @param lockedAt the earliest possible start of the lock, by {@link System#nanoTime}
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

  /** How many times the record was delivered, including this delivery. */
  public int count() {
    return count;
  }

  /**
   * The broker's time of the request, in milliseconds since 1970: the header {@link
   * Topics#REQUESTED_AT} of a record that a service queued, else the record's own time.
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
   * Whether the lock is lost. Another consumer may have the record, so the worker must stop without
   * further effects. A process that was paused for longer than its lock sees this as soon as it
   * resumes.
   */
  public boolean isLost() {
    return lost || System.nanoTime() - heldUntil > 0;
  }

  /**
   * Whether the queue is closing. The worker must stop soon with {@link WorkQueue.Outcome#RELEASE}.
   */
  public boolean isClosing() {
    return closing;
  }

  /** Whether the worker must stop, for either reason. */
  public boolean shouldStop() {
    return isLost() || closing;
  }

  /**
   * Reports progress. The worker calls it at each step. A record without progress for {@link
   * WorkQueue.Place#withoutProgress} is given up.
   */
  public void progressed() {
    progressedAt = System.nanoTime();
  }

  /**
   * Waits while holding the record, which counts as progress.
   *
   * @return false if the worker must stop
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
