package io.millrace.augmentation.intake;

/** The array in which a worker makes its batches, one after the other. */
final class BatchBuffer {
  private byte[] bytes;

  byte[] get() {
    return bytes;
  }

  void keep(byte[] made) {
    bytes = made;
  }
}
