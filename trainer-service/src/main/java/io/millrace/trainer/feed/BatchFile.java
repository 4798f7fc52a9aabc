package io.millrace.trainer.feed;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.tensor.Safetensors;
import io.millrace.trainer.network.Batch;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;

/** Reads a batch from its record. */
final class BatchFile {
  private BatchFile() {}

  /**
   * Reads a batch.
   *
   * @throws InvalidMessageException naming what is missing or wrong
   */
  static Batch read(BatchKey key, byte[] value) {
    Safetensors file = Safetensors.read(ByteBuffer.wrap(value));
    return new Batch(
        key.part(),
        key.epoch(),
        key.index(),
        file.tensor("features"),
        file.tensor("labels"),
        answers(file),
        number(file, "scale", 1),
        number(file, "offset", 0));
  }

  private static Map<String, Safetensors.Tensor> answers(Safetensors file) {
    var answers = new TreeMap<String, Safetensors.Tensor>();
    for (String name : Batch.ANSWERS) {
      if (file.tensors().containsKey(name)) {
        answers.put(name, file.tensor(name));
      }
    }
    return answers;
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
