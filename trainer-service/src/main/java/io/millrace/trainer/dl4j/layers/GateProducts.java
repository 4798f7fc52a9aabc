package io.millrace.trainer.dl4j.layers;

import io.millrace.contracts.request.RecurrentSpec;
import io.millrace.trainer.dl4j.layers.Gemm.Matrix;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Products of values with the weights of a recurrent layer's gates, {@code x W} with {@code W} of
 * shape {@code [width, gates · units]}, and the dropout of those values. As in Keras 3, each gate
 * has its own mask, which a sample keeps at all time steps. Which values are dropped is a function
 * of (seed, layer, step, gate, sample, value). Without dropout, one product serves all gates.
 */
final class GateProducts implements AutoCloseable {
  private final int gates;
  private final int units;
  private final double rate;
  private final long seed;

  private int batch;
  private int width;

  /** {@code [gates, batch, width]}; null if a pass drops nothing. */
  private float[] masks;

  private FloatPointer masked = new FloatPointer(1);
  private float[] values = {};
  private float[] sums = {};

  /**
   * @param rate the share of the values that is dropped
   * @param seed combines the network's seed, the layer and these products
   */
  private GateProducts(int gates, int units, double rate, long seed) {
    this.gates = gates;
    this.units = units;
    this.rate = rate;
    this.seed = seed;
  }

  /**
   * The products of a layer's inputs.
   *
   * @param seed combines the network's seed and the layer
   */
  static GateProducts ofInputs(RecurrentSpec.Cell cell, int gates, long seed) {
    return new GateProducts(gates, cell.units(), dropsInputs(cell) ? cell.dropout() : 0, seed);
  }

  /** The products of a layer's state. */
  static GateProducts ofState(RecurrentSpec.Cell cell, int gates, long seed) {
    return new GateProducts(gates, cell.units(), cell.recurrentDropout(), DropoutStage.mix(~seed));
  }

  /**
   * Whether a layer's inputs have a mask for each gate: in Keras an LSTM or a GRU with a recurrent
   * dropout multiplies gate by gate, and draws a mask for each. Otherwise one mask, before the
   * layer, serves all gates.
   */
  static boolean dropsInputs(RecurrentSpec.Cell cell) {
    return cell.dropout() > 0
        && cell.recurrentDropout() > 0
        && !(cell instanceof RecurrentSpec.SimpleRNN);
  }

  /**
   * Draws the masks of a pass.
   *
   * @param width the number of values
   */
  void begin(Stage.Pass pass, int batch, int width) {
    this.batch = batch;
    this.width = width;
    if (!pass.training() || rate == 0) {
      masks = null;
      return;
    }
    int length = gates * batch * width;
    masks = masks != null && masks.length == length ? masks : new float[length];
    long key = DropoutStage.key(seed, pass.step());
    for (int i = 0; i < length; i++) {
      masks[i] = NoiseStage.dropout(NoiseStage.bits(key, i), rate);
    }
  }

  /** The mask's factor for a value of {@code [batch, width]} in a gate. */
  float factor(int gate, int at) {
    return masks == null ? 1 : masks[gate * batch * width + at];
  }

  /**
   * Computes {@code to = x W + beta to} for the first {@code count} gates.
   *
   * @param x rows of samples, batch after batch, without gaps
   */
  void multiply(int rows, int count, Matrix x, Matrix w, float beta, Matrix to) {
    if (masks == null) {
      Gemm.multiply(rows, count * units, width, x, w, beta, to);
      return;
    }
    for (int gate = 0; gate < count; gate++) {
      Gemm.multiply(
          rows, units, width, masked(x, rows, gate), block(w, gate), beta, block(to, gate));
    }
  }

  /**
   * Computes the gradient with respect to the values.
   *
   * @param error with respect to the products of the first {@code count} gates
   * @param to rows without gaps
   */
  void backward(int rows, int count, Matrix error, Matrix w, Matrix to) {
    if (masks == null) {
      Gemm.multiply(rows, width, count * units, error, w.t(), 0, to);
      return;
    }
    int length = rows * width;
    reserve(length);
    Arrays.fill(sums, 0, length, 0);
    for (int gate = 0; gate < count; gate++) {
      Matrix product = new Matrix(masked, 0, width);
      Gemm.multiply(rows, width, units, block(error, gate), block(w, gate).t(), 0, product);
      masked.get(values, 0, length);
      int mask = gate * batch * width;
      for (int i = 0; i < length; i++) {
        sums[i] += values[i] * masks[mask + i % (batch * width)];
      }
    }
    new FloatPointer(to.memory())
        .position(to.memory().position() + to.start())
        .put(sums, 0, length);
  }

  /** Computes the gradient with respect to the weights of the first {@code count} gates. */
  void gradient(int rows, int count, Matrix x, Matrix error, Matrix into) {
    if (masks == null) {
      product(rows, count * units, x, error, into);
      return;
    }
    for (int gate = 0; gate < count; gate++) {
      product(rows, units, masked(x, rows, gate), block(error, gate), block(into, gate));
    }
  }

  private void product(int rows, int columns, Matrix x, Matrix error, Matrix into) {
    if (into.transposed()) {
      Gemm.multiply(columns, width, rows, error.t(), x, 0, into.t());
    } else {
      Gemm.multiply(width, columns, rows, x.t(), error, 0, into);
    }
  }

  /** The columns of a gate. */
  private Matrix block(Matrix matrix, int gate) {
    long shift = (long) gate * units * (matrix.transposed() ? matrix.stride() : 1);
    return new Matrix(
        matrix.memory(), matrix.start() + shift, matrix.stride(), matrix.transposed());
  }

  private Matrix masked(Matrix x, int rows, int gate) {
    int length = rows * width;
    reserve(length);
    new FloatPointer(x.memory()).position(x.memory().position() + x.start()).get(values, 0, length);
    int mask = gate * batch * width;
    for (int i = 0; i < length; i++) {
      values[i] *= masks[mask + i % (batch * width)];
    }
    masked.put(values, 0, length);
    return new Matrix(masked, 0, width);
  }

  private void reserve(int length) {
    if (values.length < length) {
      masked.close();
      masked = new FloatPointer(length);
      values = new float[length];
      sums = new float[length];
    }
  }

  @Override
  public void close() {
    masked.close();
  }
}
