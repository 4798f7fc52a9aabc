package io.millrace.messaging;

import java.time.Duration;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A record in hand, for as long as its lock is renewed. */
public final class Delivery {
  private final ConsumerRecord<byte[], byte[]> record;
  private final int count;
  private final long lockNanos;
  private volatile long heldUntil;
  private volatile boolean lost;
  private volatile boolean closing;

  /**
   * @param lock how long the record stays locked without renewal
   */
  Delivery(ConsumerRecord<byte[], byte[]> record, Duration lock) {
    this.record = record;
    lockNanos = lock.toNanos();
    renewed();
    this.count = record.deliveryCount().map(Short::intValue).orElse(1);
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
