package io.millrace.trainer.feed;

import io.millrace.contracts.task.Part;
import io.millrace.trainer.network.Batch;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The batches of an evaluation part, kept from one epoch to the next where they are small enough.
 * They serve once all of them are there.
 */
final class KeptBatches {
  private List<Batch> batches = new ArrayList<>();
  private Part part;
  private boolean complete;

  /** Keeps the next batch of a part that has so many; what is complete stays as it is. */
  void add(Batch batch, int count) {
    if (complete) {
      return;
    }
    part = batch.part();
    batches.add(batch);
    complete = batches.size() == count;
  }

  /** Whether all batches of a part are at hand. */
  boolean has(Part wanted) {
    return complete && part == wanted;
  }

  /** Whether all batches of the part that is kept are there. */
  boolean isComplete() {
    return complete;
  }

  /** Shows all of them, in order. */
  void forEach(Consumer<Batch> visitor) {
    batches.forEach(visitor);
  }

  /** Lets go of them. */
  void clear() {
    batches = List.of();
    complete = false;
  }
}
