package io.millrace.trainer.dl4j.layers;

import io.millrace.trainer.dl4j.device.Floats;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The gradient with respect to a recurrent layer's output at a time step: the later layers'
 * gradient, for all time steps or for the last one only, plus the gradient from the next time step.
 */
final class RecurrentErrors {
  private final float[] fromBehind;
  private final boolean sequences;
  private final int time;
  private final int rows;

  /** {@code [batch, units]} of one time step; the gradient for the step before is written here. */
  final float[] carried;

  /**
   * @param rows number of values of a time step
   */
  RecurrentErrors(INDArray epsilon, boolean sequences, int time, int rows) {
    this.fromBehind = Floats.read(epsilon);
    this.sequences = sequences;
    this.time = time;
    this.rows = rows;
    this.carried = new float[rows];
  }

  /**
   * Adds the later layers' gradient at a time step to the carried one; time steps go from last to
   * first.
   */
  float[] at(int t) {
    if (sequences || t == time - 1) {
      int start = sequences ? t * rows : 0;
      for (int i = 0; i < rows; i++) {
        carried[i] += fromBehind[start + i];
      }
    }
    return carried;
  }

  /** The outputs of all time steps, or of the last one alone. */
  static INDArray output(INDArray hidden, boolean sequences) {
    if (sequences) {
      return hidden;
    }
    float[] all = Floats.read(hidden);
    int rows = (int) (hidden.size(1) * hidden.size(2));
    float[] last = java.util.Arrays.copyOfRange(all, all.length - rows, all.length);
    return Floats.array(last, hidden.size(1), hidden.size(2));
  }
}
