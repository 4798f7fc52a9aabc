package io.millrace.trainer.dl4j.layers;

import io.millrace.trainer.dl4j.device.Floats;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The gradient with respect to a recurrent layer's output at a time: what comes from the layers
 * behind it, at all times or at the last one only, and what the next time hands back.
 */
final class RecurrentErrors {
  private final float[] fromBehind;
  private final boolean sequences;
  private final int time;
  private final int rows;

  /** Of one time, {@code [batch, units]}; what the time before it is handed is written here. */
  final float[] carried;

  /**
   * @param rows values of a time
   */
  RecurrentErrors(INDArray epsilon, boolean sequences, int time, int rows) {
    this.fromBehind = Floats.read(epsilon);
    this.sequences = sequences;
    this.time = time;
    this.rows = rows;
    this.carried = new float[rows];
  }

  /** Adds what comes from behind at a time to what is carried; times go from the last one down. */
  float[] at(int t) {
    if (sequences || t == time - 1) {
      int start = sequences ? t * rows : 0;
      for (int i = 0; i < rows; i++) {
        carried[i] += fromBehind[start + i];
      }
    }
    return carried;
  }

  /** The outputs, or those of the last time alone. */
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
