package io.millrace.trainer.feed;

/**
 * Counts requested batches. A batch counts from its request until it is both taken by training and
 * deleted from the topic, so that neither the topic nor the memory ever holds more than the window.
 */
final class Window {
  private final int maxBatches;
  private final long maxBytes;
  private long batchBytes;
  private long requested;
  private long taken;
  private long deleted;

  /**
   * @param batchBytes bytes of a batch, as far as is known
   */
  Window(int maxBatches, long maxBytes, long batchBytes) {
    this.maxBatches = maxBatches;
    this.maxBytes = maxBytes;
    this.batchBytes = batchBytes;
  }

  /** The number of batches in the window. */
  int limit() {
    return (int) Math.max(1, Math.min(maxBatches, maxBytes / Math.max(1, batchBytes)));
  }

  /** How many batches may be requested now. */
  int room() {
    return (int) Math.max(0, limit() - held());
  }

  /** How many batches count now. */
  long held() {
    return requested - Math.min(taken, deleted);
  }

  /** Batches that were requested and not yet taken. */
  int inFlight() {
    return (int) (requested - taken);
  }

  void ask(int batches) {
    requested += batches;
  }

  void take() {
    taken++;
  }

  /**
   * Counts all requested batches as taken and deleted, since nobody waits for them. The topic may
   * hold them until they are read and dropped.
   *
   * @return batches requested so far
   */
  long forget() {
    taken = requested;
    deleted = requested;
    return requested;
  }

  /** The first {@code batches} requested batches are no longer in the topic. */
  void deletedUpTo(long batches) {
    deleted = Math.max(deleted, batches);
  }

  /** The number of batches known to be deleted from the topic. */
  long deleted() {
    return deleted;
  }

  /** Sets the known size of a batch in bytes. */
  void batchBytes(long bytes) {
    batchBytes = bytes;
  }

  /** The size of a batch in bytes, as far as is known. */
  long batchBytes() {
    return batchBytes;
  }
}
