package io.millrace.trainer.feed;

import io.millrace.contracts.task.Part;

/**
 * Consecutive batches of one part and epoch, as one task requests them.
 *
 * @param first index of the first batch
 * @param count at least 1
 */
record Span(Part part, int epoch, int first, int count) {

  /** The key of the batch at {@code first + i}. */
  BatchKey key(int i) {
    return new BatchKey(part, epoch, first + i);
  }
}
