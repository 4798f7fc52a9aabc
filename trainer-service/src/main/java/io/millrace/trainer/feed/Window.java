package io.millrace.trainer.feed;

/**
 * The account of batches asked for. A batch counts from when it is asked for until it was both
 * taken by the training and deleted from the topic, so that neither the topic nor the memory ever
 * holds more than the window.
 */
final class Window {
  private final int maxBatches;
  private final long maxBytes;
  private long batchBytes;
  private long asked;
  private long taken;
  private long deleted;

  /**
   * @param batchBytes of a batch, as far as is known
   */
  Window(int maxBatches, long maxBytes, long batchBytes) {
    this.maxBatches = maxBatches;
    this.maxBytes = maxBytes;
    this.batchBytes = batchBytes;
  }

  /** Batches that the window holds. */
  int limit() {
    return (int) Math.max(1, Math.min(maxBatches, maxBytes / Math.max(1, batchBytes)));
  }

  /** Batches that may be asked for now. */
  int room() {
    return (int) Math.max(0, limit() - held());
  }

  /** Batches that count now. */
  long held() {
    return asked - Math.min(taken, deleted);
  }

  /** Batches that were asked for and not yet taken. */
  int inFlight() {
    return (int) (asked - taken);
  }

  void ask(int batches) {
    asked += batches;
  }

  void take() {
    taken++;
  }

  /**
   * Counts all batches asked for as taken and deleted, since nobody waits for them any more. The
   * topic may hold them until they are read and dropped.
   *
   * @return batches asked for so far
   */
  long forget() {
    taken = asked;
    deleted = asked;
    return asked;
  }

  /** So many batches in all, of those that were asked for, are no longer in the topic. */
  void deletedUpTo(long batches) {
    deleted = Math.max(deleted, batches);
  }

  /** Batches that are known to be deleted from the topic. */
  long deleted() {
    return deleted;
  }

  /** A batch is known to take so many bytes. */
  void batchBytes(long bytes) {
    batchBytes = bytes;
  }

  /** What a batch takes, as far as is known. */
  long batchBytes() {
    return batchBytes;
  }
}
