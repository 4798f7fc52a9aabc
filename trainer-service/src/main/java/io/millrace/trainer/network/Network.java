package io.millrace.trainer.network;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A network that trains. One thread at a time uses it. Its results depend only on its plan, its
 * seed and the batches: a step's random numbers come from (seed, step).
 */
public interface Network extends AutoCloseable {

  /**
   * The learning rate that the request defines for a step.
   *
   * @param step counts from 0 over the whole run
   */
  double rate(long step);

  /**
   * Makes an optimizer step at the request's learning rate.
   *
   * @see #step(Batch, long, double)
   */
  default Outputs step(Batch batch, long step) {
    return step(batch, step, rate(step));
  }

  /**
   * Makes an optimizer step.
   *
   * @param batch a training batch
   * @param step counts from 0 over the whole run
   * @param rate the learning rate
   * @return the mean loss and the outputs before the update, with dropout
   */
  Outputs step(Batch batch, long step, double rate);

  /** Whether all parameters are finite numbers. */
  boolean isFinite();

  /** The mean loss and the outputs of a batch, without dropout and without changing the network. */
  Outputs evaluate(Batch batch);

  /**
   * Writes parameters and optimizer state.
   *
   * @param file must not exist
   */
  void save(Path file) throws IOException;

  /** Restores parameters and optimizer state from a saved network of the same plan. */
  void restore(Path file) throws IOException;

  /**
   * Replaces a variable's values.
   *
   * @param name one of {@link #weights()}
   * @param values in row-major order of Keras' shape
   */
  void assign(String name, float[] values);

  /** All variables, layer by layer, each layer's in the order of Keras' {@code get_weights()}. */
  List<Weights> weights();

  @Override
  void close();

  /**
   * A network's outputs for a batch.
   *
   * @param loss the mean over the batch's samples
   * @param values by sample, then output: {@code [size, outputs]}
   */
  record Outputs(double loss, float[] values) {}
}
