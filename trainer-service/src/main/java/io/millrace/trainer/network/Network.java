package io.millrace.trainer.network;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A network that trains. It belongs to one thread at a time. What it computes depends on its plan,
 * its seed, and the batches alone: the randomness of a step comes from (seed, step).
 */
public interface Network extends AutoCloseable {

  /**
   * The learning rate that the request gives a step.
   *
   * @param step counts from 0 over the whole run
   */
  double rate(long step);

  /**
   * Makes one optimizer step at the learning rate that the request gives it.
   *
   * @see #step(Batch, long, double)
   */
  default Outputs step(Batch batch, long step) {
    return step(batch, step, rate(step));
  }

  /**
   * Makes one optimizer step.
   *
   * @param batch a training batch
   * @param step counts from 0 over the whole run
   * @param rate the learning rate
   * @return the mean loss and the outputs before the update, with dropout
   */
  Outputs step(Batch batch, long step, double rate);

  /** Whether all parameters are finite numbers. */
  boolean isFinite();

  /** The mean loss and the outputs of a batch, without dropout and without any change. */
  Outputs evaluate(Batch batch);

  /**
   * Writes parameters and optimizer state.
   *
   * @param file which must not exist
   */
  void save(Path file) throws IOException;

  /** Takes parameters and optimizer state over from a saved network of the same plan. */
  void restore(Path file) throws IOException;

  /**
   * Puts values in the place of a variable's.
   *
   * @param name of one of {@link #weights()}
   * @param values in row-major order of Keras' shape
   */
  void assign(String name, float[] values);

  /** All variables, layer by layer, each layer's in the order of Keras' {@code get_weights()}. */
  List<Weights> weights();

  @Override
  void close();

  /**
   * What a network says of a batch.
   *
   * @param loss the mean over the batch's samples
   * @param values by sample, then output: {@code [size, outputs]}
   */
  record Outputs(double loss, float[] values) {}
}
