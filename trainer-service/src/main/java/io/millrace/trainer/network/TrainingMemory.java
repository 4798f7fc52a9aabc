package io.millrace.trainer.network;

import io.millrace.contracts.InvalidMessageException;

/**
 * The estimated memory for training a network.
 *
 * @param nativeBytes bytes beside the JVM's heap
 * @param heapBytes bytes of the heap, besides waiting batches
 */
public record TrainingMemory(long nativeBytes, long heapBytes) {

  /**
   * Rejects a network that needs more memory than is allowed.
   *
   * @param memory bytes allowed beside the heap
   * @param heap bytes of the heap allowed
   * @param batchSize samples in a step
   * @throws InvalidMessageException naming {@code model}
   */
  public void refuseAbove(long memory, long heap, int batchSize) {
    refuse(nativeBytes, memory, "memory", batchSize);
    refuse(heapBytes, heap, "the trainer's heap", batchSize);
  }

  private static void refuse(long bytes, long limit, String what, int batchSize) {
    if (bytes > limit) {
      throw new InvalidMessageException(
          "model",
          "needs about "
              + megabytes(bytes)
              + " MB of "
              + what
              + " to train with batches of "
              + batchSize
              + "; at most "
              + megabytes(limit)
              + " MB are allowed; give a smaller network or a smaller batch_size");
    }
  }

  private static long megabytes(long bytes) {
    return (bytes + (1 << 20) - 1) >> 20;
  }
}
