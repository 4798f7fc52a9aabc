package io.millrace.trainer.training;

import io.millrace.trainer.checkpoint.CheckpointStore.NetworkReader;
import io.millrace.trainer.checkpoint.CheckpointStore.NetworkWriter;
import java.io.IOException;

/**
 * Where a run keeps the weights of its best epochs, for as long as it can be gone on with. Every
 * trainer that may take the run over finds them there.
 */
public interface BestWeights {

  /**
   * Keeps weights, whole, in the place of any of the same name. They are written to a local file at
   * once, and are there before any checkpoint that is taken later. The newest three of a callback
   * stay, by the order of their names: the two newest checkpoints rely on two of them, the next one
   * on the third.
   *
   * @param name {@code callback-<index>-epoch-<epoch>}
   * @param network writes a file
   */
  void keep(String name, NetworkWriter network) throws IOException;

  /** Whether weights of that name are there, undamaged. */
  boolean has(String name) throws IOException;

  /**
   * Reads weights that are there.
   *
   * @param network reads a file
   */
  void restore(String name, NetworkReader network) throws IOException;

  /** Forgets all of them. */
  void clear() throws IOException;
}
