package io.millrace.augmentation.intake;

/** The array that a worker makes its batches in, one after the other. */
final class BatchBuffer {
  private byte[] bytes;

  byte[] get() {
    return bytes;
  }

  void keep(byte[] made) {
    bytes = made;
  }
}
