package io.millrace.trainer.dl4j.layers;

import io.millrace.contracts.request.RecurrentSpec;
import io.millrace.trainer.dl4j.device.Floats;
import io.millrace.trainer.dl4j.layers.Gemm.Matrix;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;
import org.deeplearning4j.nn.params.LSTMParamInitializer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Long short-term memory (Hochreiter and Schmidhuber 1997, with Gers' forget gate) over {@code
 * [time, batch, features]}, on the parameters of Deeplearning4j's LSTM layer, whose own loop of
 * small operations is several times slower. A pass makes three matrix products over all time steps
 * and one small one for each step; the gates are computed on plain arrays.
 *
 * <p>The columns of the weights are candidate, forget, output and input gate, in this order; memory
 * holds the weights transposed, {@code [4 units, features]} and {@code [4 units, units]}.
 */
public final class LstmStage implements Stage {
  private static final int GATES = 4;

  private final int units;
  private final boolean sequences;
  private final boolean first;
  private final ScalarFunction activation;
  private final ScalarFunction gate;
  private final GateProducts inputProducts;
  private final GateProducts stateProducts;
  private final Map<String, INDArray> gradients;
  private final FloatPointer weights;
  private final FloatPointer recurrent;
  private final FloatBuffer bias;

  private INDArray input;
  private INDArray hidden;
  private int time;
  private int batch;

  /** Operand of the matrix products: {@code [time, batch, 4 units]}, then its gradient. */
  private FloatPointer z = new FloatPointer(1);

  /** The gradient that a time step passes to the one before it, {@code [batch, units]}. */
  private FloatPointer carry = new FloatPointer(1);

  private float[] gates = {};
  private float[] cells = {};
  private float[] cellOutputs = {};
  private float[] row = {};
  private float[] cellGradient = {};
  private float[] outputGradient = {};
  private float[] carried = {};
  private final float[] biases;

  /** An LSTM without dropout. */
  public LstmStage(
      Map<String, INDArray> parameters,
      Map<String, INDArray> gradients,
      RecurrentSpec.LSTM spec,
      boolean first) {
    this(parameters, gradients, spec, 0, first);
  }

  /**
   * @param parameters parameters by Deeplearning4j's names; biases may be missing
   * @param gradients gradients of the parameters, by name
   * @param seed combines the network's seed and the layer
   * @param first whether no earlier stage needs a gradient
   */
  LstmStage(
      Map<String, INDArray> parameters,
      Map<String, INDArray> gradients,
      RecurrentSpec.LSTM spec,
      long seed,
      boolean first) {
    this.units = spec.units();
    this.sequences = spec.returnSequences();
    this.first = first;
    this.activation = ScalarFunction.of(spec.activation());
    this.gate = ScalarFunction.of(spec.recurrentActivation());
    this.inputProducts = GateProducts.ofInputs(spec, GATES, seed);
    this.stateProducts = GateProducts.ofState(spec, GATES, seed);
    this.gradients = gradients;
    this.weights = Floats.pointer(parameters.get(LSTMParamInitializer.INPUT_WEIGHT_KEY));
    this.recurrent = Floats.pointer(parameters.get(LSTMParamInitializer.RECURRENT_WEIGHT_KEY));
    INDArray biasVector = parameters.get(LSTMParamInitializer.BIAS_KEY);
    this.bias = biasVector == null ? null : Floats.buffer(biasVector);
    this.biases = new float[4 * units];
  }

  @Override
  public INDArray forward(INDArray values, Pass pass) {
    input = values;
    time = (int) values.size(0);
    batch = (int) values.size(1);
    int features = (int) values.size(2);
    reserve();
    inputProducts.begin(pass, batch, features);
    stateProducts.begin(pass, batch, units);
    hidden = Nd4j.createUninitialized(DataType.FLOAT, new long[] {time, batch, units}, 'c');
    FloatPointer x = Floats.pointer(values);
    FloatPointer h = Floats.pointer(hidden);
    if (bias == null) {
      Arrays.fill(biases, 0);
    } else {
      bias.get(0, biases);
    }
    Matrix w = rows(weights, 0, features).t();
    inputProducts.multiply(time * batch, GATES, rows(x, 0, features), w, 0, rows(z, 0, 4 * units));
    Matrix u = rows(recurrent, 0, units).t();
    for (int t = 0; t < time; t++) {
      if (t > 0) {
        Matrix before = rows(h, (t - 1) * batch, units);
        stateProducts.multiply(batch, GATES, before, u, 1, rows(z, t * batch, 4 * units));
      }
      forwardAt(t, h);
    }
    return sequences ? hidden : last();
  }

  /** A matrix in memory that starts at a row, with rows of a width. */
  private static Matrix rows(FloatPointer memory, int row, int width) {
    return new Matrix(memory, (long) row * width, width);
  }

  private INDArray last() {
    INDArray output = Nd4j.createUninitialized(DataType.FLOAT, new long[] {batch, units}, 'c');
    FloatBuffer all = Floats.buffer(hidden);
    all.position((time - 1) * batch * units);
    Floats.buffer(output).put(all);
    return output;
  }

  private void forwardAt(int t, FloatPointer h) {
    int width = 4 * units;
    int start = t * batch * width;
    z.position(start).get(gates, start, batch * width);
    z.position(0);
    for (int b = 0; b < batch; b++) {
      int at = start + b * width;
      for (int i = 0; i < width; i++) {
        gates[at + i] += biases[i];
      }
      activation.apply(gates, at, units);
      gate.apply(gates, at + units, 3 * units);
      cellsAt(at, (t * batch + b) * units, t == 0);
    }
    int cell = t * batch * units;
    System.arraycopy(cells, cell, cellOutputs, cell, batch * units);
    activation.apply(cellOutputs, cell, batch * units);
    for (int b = 0; b < batch; b++) {
      int output = start + b * width + 2 * units;
      for (int i = 0; i < units; i++) {
        row[b * units + i] = gates[output + i] * cellOutputs[cell + b * units + i];
      }
    }
    h.position(cell).put(row, 0, batch * units);
    h.position(0);
  }

  /** {@code c = f c' + i g}. */
  private void cellsAt(int at, int cell, boolean fresh) {
    for (int i = 0; i < units; i++) {
      cells[cell + i] = gates[at + i] * gates[at + 3 * units + i];
    }
    if (!fresh) {
      int before = cell - batch * units;
      for (int i = 0; i < units; i++) {
        cells[cell + i] += gates[at + units + i] * cells[before + i];
      }
    }
  }

  @Override
  public INDArray backward(INDArray epsilon) {
    FloatPointer e = Floats.pointer(epsilon);
    int features = (int) input.size(2);
    int rows = batch * units;
    Arrays.fill(cellGradient, 0, rows, 0);
    Arrays.fill(biases, 0);
    Matrix u = rows(recurrent, 0, units).t();
    for (int t = time - 1; t >= 0; t--) {
      gradientOfOutput(t, e);
      for (int b = 0; b < batch; b++) {
        backwardAt(t, b);
      }
      z.position((long) t * batch * 4 * units).put(row, 0, 4 * rows);
      z.position(0);
      if (t > 0) {
        Matrix now = rows(z, t * batch, 4 * units);
        stateProducts.backward(batch, GATES, now, u, rows(carry, 0, units));
      }
    }
    weightGradients(features);
    if (first) {
      return null;
    }
    INDArray result =
        Nd4j.createUninitialized(DataType.FLOAT, new long[] {time, batch, features}, 'c');
    FloatPointer r = Floats.pointer(result);
    Matrix w = rows(weights, 0, features).t();
    inputProducts.backward(time * batch, GATES, rows(z, 0, 4 * units), w, rows(r, 0, features));
    return result;
  }

  private void gradientOfOutput(int t, FloatPointer epsilon) {
    int rows = batch * units;
    boolean end = t == time - 1;
    if (sequences) {
      epsilon.position((long) t * rows).get(outputGradient, 0, rows);
    } else if (end) {
      epsilon.position(0).get(outputGradient, 0, rows);
    } else {
      carry.get(outputGradient, 0, rows);
    }
    if (sequences && !end) {
      carry.get(carried, 0, rows);
      for (int i = 0; i < rows; i++) {
        outputGradient[i] += carried[i];
      }
    }
  }

  private void backwardAt(int t, int b) {
    int u = units;
    int at = (t * batch + b) * 4 * u;
    int cell = (t * batch + b) * u;
    int before = cell - batch * u;
    int to = b * 4 * u;
    int from = b * u;
    for (int i = 0; i < u; i++) {
      float g = gates[at + i];
      float f = gates[at + u + i];
      float o = gates[at + 2 * u + i];
      float in = gates[at + 3 * u + i];
      float y = cellOutputs[cell + i];
      float dh = outputGradient[from + i];
      float dc = cellGradient[from + i] + dh * o * activation.slope(y);
      row[to + i] = dc * in * activation.slope(g);
      row[to + u + i] = t == 0 ? 0 : dc * cells[before + i] * gate.slope(f);
      row[to + 2 * u + i] = dh * y * gate.slope(o);
      row[to + 3 * u + i] = dc * g * gate.slope(in);
      cellGradient[from + i] = dc * f;
    }
    for (int i = 0; i < 4 * u; i++) {
      biases[i] += row[to + i];
    }
  }

  private void weightGradients(int features) {
    FloatPointer w = Floats.pointer(gradients.get(LSTMParamInitializer.INPUT_WEIGHT_KEY));
    Matrix x = rows(Floats.pointer(input), 0, features);
    inputProducts.gradient(time * batch, GATES, x, rows(z, 0, 4 * units), rows(w, 0, features).t());
    INDArray recurrentGradient = gradients.get(LSTMParamInitializer.RECURRENT_WEIGHT_KEY);
    if (time == 1) {
      recurrentGradient.assign(0);
    } else {
      FloatPointer r = Floats.pointer(recurrentGradient);
      FloatPointer h = Floats.pointer(hidden);
      Matrix later = rows(z, batch, 4 * units);
      stateProducts.gradient(
          (time - 1) * batch, GATES, rows(h, 0, units), later, rows(r, 0, units).t());
    }
    if (bias != null) {
      Floats.buffer(gradients.get(LSTMParamInitializer.BIAS_KEY)).put(0, biases);
    }
  }

  private void reserve() {
    int values = time * batch * units;
    if (cells.length >= values) {
      return;
    }
    z.close();
    carry.close();
    z = new FloatPointer(4L * values);
    carry = new FloatPointer((long) batch * units);
    gates = new float[4 * values];
    cells = new float[values];
    cellOutputs = new float[values];
    row = new float[4 * batch * units];
    cellGradient = new float[batch * units];
    outputGradient = new float[batch * units];
    carried = new float[batch * units];
  }

  @Override
  public void clear() {
    input = null;
    hidden = null;
  }

  @Override
  public void close() {
    z.close();
    carry.close();
    inputProducts.close();
    stateProducts.close();
  }
}
