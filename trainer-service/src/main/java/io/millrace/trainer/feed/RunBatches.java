package io.millrace.trainer.feed;

import io.millrace.contracts.task.Part;
import io.millrace.trainer.network.Batch;
import java.util.function.Consumer;

/** The batches of a run, in the order of its training. Used by one thread. */
public interface RunBatches {

  /**
   * The next training batch; waits for it.
   *
   * @param position of the batch
   * @param idle called while waiting, some ten times a second
   */
  Batch train(TrainingPosition position, Runnable idle);

  /** Shows all batches of an evaluation part, in order; waits for those that are not at hand. */
  void evaluation(Part part, Consumer<Batch> visitor);

  /** Says that no more training batches are wanted: those that were asked for are dropped. */
  void endTraining();

  /** Seconds waited for batches so far. */
  double waitedSeconds();
}
