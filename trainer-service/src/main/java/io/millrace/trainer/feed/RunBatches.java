package io.millrace.trainer.feed;

import io.millrace.contracts.task.Part;
import io.millrace.trainer.network.Batch;
import java.util.function.Consumer;

/** A run's batches in the order of training. Used by one thread. */
public interface RunBatches {

  /**
   * The next training batch; waits for it.
   *
   * @param position the batch's position
   * @param idle called some ten times a second during the wait
   */
  Batch train(TrainingPosition position, Runnable idle);

  /** Passes all batches of an evaluation part to the visitor, in order; waits for missing ones. */
  void evaluation(Part part, Consumer<Batch> visitor);

  /** Ends the training batches: requested ones are dropped. */
  void endTraining();

  /** Seconds waited for batches so far. */
  double waitedSeconds();
}
