package io.millrace.trainer.feed;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.tensor.Safetensors;
import io.millrace.trainer.network.Batch;
import java.nio.ByteBuffer;

/** Reads a batch out of the record that holds it. */
final class BatchFile {
  private BatchFile() {}

  /**
   * Reads a batch.
   *
   * @throws InvalidMessageException naming what it lacks
   */
  static Batch read(BatchKey key, byte[] value) {
    Safetensors file = Safetensors.read(ByteBuffer.wrap(value));
    return new Batch(
        key.part(),
        key.epoch(),
        key.index(),
        file.tensor("features"),
        file.tensor("labels"),
        number(file, "scale", 1),
        number(file, "offset", 0));
  }

  private static float number(Safetensors file, String name, float orElse) {
    String text = file.metadata().get(name);
    try {
      return text == null ? orElse : Float.parseFloat(text);
    } catch (NumberFormatException e) {
      throw new InvalidMessageException("__metadata__." + name, "is not a number");
    }
  }
}
