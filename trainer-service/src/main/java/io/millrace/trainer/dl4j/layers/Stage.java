package io.millrace.trainer.dl4j.layers;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A layer at work. Arrays between stages are in C order: images {@code [batch, channels, height,
 * width]}, series {@code [time, batch, features]}, flat values {@code [batch, values]}.
 */
public interface Stage extends AutoCloseable {

  /** What a pass is for. */
  record Pass(boolean training, long step) {}

  /** The output; in training the stage remembers what {@link #backward} needs. */
  INDArray forward(INDArray input, Pass pass);

  /**
   * Writes the gradients of the stage's parameters.
   *
   * @param epsilon the loss's gradient with respect to the output of the last forward pass
   * @return the gradient with respect to its input; may be null in a network's first stage
   */
  INDArray backward(INDArray epsilon);

  /**
   * As {@link #backward}, from behind the activation, for a network's last stage, whose gradient a
   * loss tells best there: a stage that is nothing but an activation hands it on.
   *
   * @param delta the loss's gradient with respect to what the activation gets
   */
  default INDArray backwardLinear(INDArray delta) {
    return delta;
  }

  /** Forgets what the last pass left behind. */
  default void clear() {}

  @Override
  default void close() {}
}
