package io.millrace.trainer.dl4j.layers;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A layer's forward and backward computation. Arrays between stages are in C order: images {@code
 * [batch, channels, height, width]}, series {@code [time, batch, features]}, flat values {@code
 * [batch, values]}.
 */
public interface Stage extends AutoCloseable {

  /** The purpose of a pass. */
  record Pass(boolean training, long step) {}

  /** The output; in training the stage keeps what {@link #backward} needs. */
  INDArray forward(INDArray input, Pass pass);

  /**
   * Writes the gradients of the stage's parameters.
   *
   * @param epsilon the loss's gradient with respect to the output of the last forward pass
   * @return the gradient with respect to its input; may be null in a network's first stage
   */
  INDArray backward(INDArray epsilon);

  /**
   * As {@link #backward}, but from behind the activation. For a network's last stage, where a loss
   * computes this gradient best; a stage that is only an activation passes it on.
   *
   * @param delta the loss's gradient with respect to the activation's input
   */
  default INDArray backwardLinear(INDArray delta) {
    return delta;
  }

  /** Drops the state of the last pass. */
  default void clear() {}

  @Override
  default void close() {}
}
