package io.millrace.trainer.training;

import io.millrace.trainer.checkpoint.CheckpointStore.NetworkReader;
import io.millrace.trainer.checkpoint.CheckpointStore.NetworkWriter;
import java.io.IOException;

/**
 * Stores the weights of a run's best epochs for as long as the run can be resumed. Every trainer
 * that may take over the run finds them there.
 */
public interface BestWeights {

  /**
   * Stores complete weights, and replaces any of the same name. They are written to a local file at
   * once, and are stored before any checkpoint that is taken later. A callback's newest three stay,
   * ordered by name: the two newest checkpoints need two of them, the next checkpoint the third.
   *
   * @param name {@code callback-<index>-epoch-<epoch>}
   * @param network writes the network's file
   */
  void keep(String name, NetworkWriter network) throws IOException;

  /** Whether weights with that name exist, undamaged. */
  boolean has(String name) throws IOException;

  /**
   * Restores stored weights.
   *
   * @param network reads the network's file
   */
  void restore(String name, NetworkReader network) throws IOException;

  /** Deletes all stored weights. */
  void clear() throws IOException;
}
