package io.millrace.trainer.feed;

import io.millrace.contracts.task.Part;
import io.millrace.trainer.network.Batch;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The batches of a small evaluation part, kept across epochs. They are used once the part is
 * complete.
 */
final class KeptBatches {
  private List<Batch> batches = new ArrayList<>();
  private Part part;
  private boolean complete;

  /** Keeps the next batch of a part with {@code count} batches; a complete part does not change. */
  void add(Batch batch, int count) {
    if (complete) {
      return;
    }
    part = batch.part();
    batches.add(batch);
    complete = batches.size() == count;
  }

  /** Whether all batches of a part are available. */
  boolean has(Part evaluated) {
    return complete && part == evaluated;
  }

  /** Whether all batches of the kept part are available. */
  boolean isComplete() {
    return complete;
  }

  /** Passes all batches to the visitor, in order. */
  void forEach(Consumer<Batch> visitor) {
    batches.forEach(visitor);
  }

  /** Drops all batches. */
  void clear() {
    batches = List.of();
    complete = false;
  }
}
