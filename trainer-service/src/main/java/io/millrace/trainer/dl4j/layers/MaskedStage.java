package io.millrace.trainer.dl4j.layers;

import io.millrace.trainer.dl4j.device.Floats;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A recurrent layer with a mask: at masked time steps it keeps its state and its output, which are
 * 0 before the first step that is not masked. So the layer reads each sample's other steps only,
 * one after the other, and its outputs are copied to the steps where they apply. In a Bidirectional
 * layer, Keras outputs zeros at masked steps instead of the earlier output.
 */
final class MaskedStage implements Stage {
  private final Stage cells;
  private final TimeMask mask;
  private final boolean backwards;
  private final boolean sequences;
  private final boolean zeros;

  private int time;
  private int batch;

  /** By time step and sample, the number of steps up to it that are not masked. */
  private int[] read = {};

  /**
   * @param cells the layer, which outputs all time steps
   * @param backwards whether its input has been reversed
   * @param sequences whether the output of every time step is passed on, or the last one's
   * @param zeros whether the output at masked time steps is 0
   */
  MaskedStage(Stage cells, TimeMask mask, boolean backwards, boolean sequences, boolean zeros) {
    this.cells = cells;
    this.mask = mask;
    this.backwards = backwards;
    this.sequences = sequences;
    this.zeros = zeros;
  }

  private boolean isPresent(int t, int sample) {
    return mask.isPresent(backwards ? time - 1 - t : t, sample);
  }

  @Override
  public INDArray forward(INDArray input, Pass pass) {
    time = (int) input.size(0);
    batch = (int) input.size(1);
    read = new int[time * batch];
    int width = (int) input.size(2);
    float[] values = Floats.read(input);
    float[] together = new float[values.length];
    for (int t = 0; t < time; t++) {
      for (int b = 0; b < batch; b++) {
        int before = t == 0 ? 0 : read[(t - 1) * batch + b];
        boolean present = isPresent(t, b);
        read[t * batch + b] = present ? before + 1 : before;
        if (present) {
          copy(values, t * batch + b, together, before * batch + b, width);
        }
      }
    }
    INDArray outputs = cells.forward(Floats.array(together, input.shape()), pass);
    return spread(Floats.read(outputs), (int) outputs.size(2));
  }

  private INDArray spread(float[] outputs, int units) {
    int times = sequences ? time : 1;
    float[] spread = new float[times * batch * units];
    for (int t = 0; t < times; t++) {
      for (int b = 0; b < batch; b++) {
        int row = row(t, b);
        if (row >= 0) {
          copy(outputs, row, spread, t * batch + b, units);
        }
      }
    }
    return sequences
        ? Floats.array(spread, time, batch, units)
        : Floats.array(spread, batch, units);
  }

  /**
   * The row of the cells' outputs that applies at an output's time step; negative if none does yet.
   */
  private int row(int t, int sample) {
    if (zeros && sequences && !isPresent(t, sample)) {
      return -1;
    }
    int count = read[(sequences ? t : time - 1) * batch + sample];
    return count == 0 ? -1 : (count - 1) * batch + sample;
  }

  private static void copy(float[] from, int row, float[] to, int toRow, int width) {
    System.arraycopy(from, row * width, to, toRow * width, width);
  }

  @Override
  public INDArray backward(INDArray epsilon) {
    float[] errors = Floats.read(epsilon);
    int units = (int) epsilon.size(epsilon.rank() - 1);
    float[] together = new float[time * batch * units];
    for (int i = 0; i < errors.length / units; i++) {
      int row = row(i / batch, i % batch);
      for (int u = 0; u < units && row >= 0; u++) {
        together[row * units + u] += errors[i * units + u];
      }
    }
    INDArray gradient = cells.backward(Floats.array(together, time, batch, units));
    if (gradient == null) {
      return null;
    }
    float[] read = Floats.read(gradient);
    int width = (int) gradient.size(2);
    float[] spread = new float[read.length];
    for (int t = 0; t < time; t++) {
      for (int b = 0; b < batch; b++) {
        if (isPresent(t, b)) {
          copy(read, (this.read[t * batch + b] - 1) * batch + b, spread, t * batch + b, width);
        }
      }
    }
    return Floats.array(spread, gradient.shape());
  }

  @Override
  public void clear() {
    cells.clear();
    Arrays.fill(read, 0);
  }

  @Override
  public void close() {
    cells.close();
  }
}
