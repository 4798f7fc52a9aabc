package io.millrace.trainer.network;

import io.millrace.contracts.InvalidMessageException;

/**
 * What memory the training of a network takes, estimated.
 *
 * @param nativeBytes beside the JVM's heap
 * @param heapBytes of the heap, beside the batches that wait
 */
public record TrainingMemory(long nativeBytes, long heapBytes) {

  /**
   * Refuses a network whose training would take more memory than there is.
   *
   * @param memory bytes beside the heap that it may take
   * @param heap bytes of the heap that it may take
   * @param batchSize samples of a step
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
              + ", and at most "
              + megabytes(limit)
              + " MB are allowed; give a smaller network or a smaller batch_size");
    }
  }

  private static long megabytes(long bytes) {
    return (bytes + (1 << 20) - 1) >> 20;
  }
}
