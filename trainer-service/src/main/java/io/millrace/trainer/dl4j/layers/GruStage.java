package io.millrace.trainer.dl4j.layers;

import io.millrace.contracts.request.RecurrentSpec;
import io.millrace.trainer.dl4j.device.Floats;
import io.millrace.trainer.dl4j.layers.Gemm.Matrix;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Gated recurrent units (Cho et al. 2014) over {@code [time, batch, features]}, as Keras has them:
 *
 * <pre>
 * z = gate(x Wz + b + h Uz + c)    r = gate(x Wr + b + h Ur + c)
 * g = activation(x Wg + b + r (h Ug + c))       reset after
 * g = activation(x Wg + b + (r h) Ug)           reset before, and c = 0
 * h' = z h + (1 - z) g
 * </pre>
 *
 * A pass makes one matrix product for the inputs of all time steps, and one or two small ones for
 * each step. The columns of the weights are update gate, reset gate and candidate, in this order.
 */
final class GruStage implements Stage {
  private static final int GATES = 3;
  private static final int CANDIDATE = 2;

  private final int units;
  private final boolean sequences;
  private final boolean resetAfter;
  private final boolean first;
  private final ScalarFunction activation;
  private final ScalarFunction gate;
  private final INDArray kernel;
  private final INDArray recurrent;
  private final INDArray bias;
  private final Gradients gradients;
  private final GateProducts inputProducts;
  private final GateProducts stateProducts;

  private INDArray input;
  private INDArray hidden;
  private int time;
  private int batch;
  private Memory memory = new Memory(0, 0, 0);

  /** Receives the parameters' gradients; that of biases may be null. */
  record Gradients(INDArray kernel, INDArray recurrent, INDArray bias) {
    static Gradients of(Map<String, INDArray> gradients, String prefix) {
      return gradients == null
          ? null
          : new Gradients(
              gradients.get(prefix + "kernel"),
              gradients.get(prefix + "recurrent_kernel"),
              gradients.get(prefix + "bias"));
    }
  }

  /** Memory of a pass, reused by the next one. */
  private static final class Memory implements AutoCloseable {
    final int values;
    final int rows;

    /** {@code [time, batch, 3 units]}: the inputs' products, then their gradient. */
    final FloatPointer inputs;

    /** {@code [time, batch, 3 units]}: the gradient of the state's products. */
    final FloatPointer states;

    /** {@code [time, batch, units]}: the reset state, if the reset comes before the product. */
    final FloatPointer resets;

    /** One time step, {@code [batch, 3 units]}. */
    final FloatPointer step;

    final float[] gates;
    final float[] inner;
    final float[] outputs;
    final float[] row;
    final float[] other;

    Memory(int time, int batch, int units) {
      values = time * batch * units;
      rows = batch * units;
      inputs = new FloatPointer(Math.max(1, 3L * values));
      states = new FloatPointer(Math.max(1, 3L * values));
      resets = new FloatPointer(Math.max(1, (long) values));
      step = new FloatPointer(Math.max(1, 3L * rows));
      gates = new float[3 * values];
      inner = new float[values];
      outputs = new float[values];
      row = new float[3 * rows];
      other = new float[3 * rows];
    }

    @Override
    public void close() {
      inputs.close();
      states.close();
      resets.close();
      step.close();
    }
  }

  /**
   * @param parameters parameters by Keras' names, with a prefix: {@code kernel} {@code [in, 3
   *     units]}, {@code recurrent_kernel} {@code [units, 3 units]}, {@code bias} {@code [2, 3
   *     units]} with reset after, else {@code [3 units]}
   * @param gradients gradients of the parameters, by name @param seed combines the network's seed
   *     and the layer @param first whether no earlier stage needs a gradient
   */
  GruStage(
      RecurrentSpec.GRU spec,
      Map<String, INDArray> parameters,
      Map<String, INDArray> gradients,
      String prefix,
      long seed,
      boolean first) {
    this.units = spec.units();
    this.sequences = spec.returnSequences();
    this.resetAfter = spec.resetAfter();
    this.first = first;
    this.activation = ScalarFunction.of(spec.activation());
    this.gate = ScalarFunction.of(spec.recurrentActivation());
    this.kernel = parameters.get(prefix + "kernel");
    this.recurrent = parameters.get(prefix + "recurrent_kernel");
    this.bias = parameters.get(prefix + "bias");
    this.gradients = Gradients.of(gradients, prefix);
    this.inputProducts = GateProducts.ofInputs(spec, GATES, seed);
    this.stateProducts = GateProducts.ofState(spec, GATES, seed);
  }

  private int width() {
    return 3 * units;
  }

  private Matrix columns(FloatPointer matrix, long row, int block) {
    return new Matrix(matrix, row * width() + (long) block * units, width());
  }

  /**
   * The number of gates that take the unchanged state: all, or all but a candidate that takes the
   * reset state.
   */
  private int gatesOfState() {
    return resetAfter ? GATES : GATES - 1;
  }

  private Matrix states(int t) {
    return new Matrix(Floats.pointer(hidden), (long) t * batch * units, units);
  }

  @Override
  public INDArray forward(INDArray values, Pass pass) {
    input = values;
    time = (int) values.size(0);
    batch = (int) values.size(1);
    reserve();
    hidden = Nd4j.createUninitialized(DataType.FLOAT, new long[] {time, batch, units}, 'c');
    int features = (int) values.size(2);
    inputProducts.begin(pass, batch, features);
    stateProducts.begin(pass, batch, units);
    Matrix x = new Matrix(Floats.pointer(values), 0, features);
    Matrix w = columns(Floats.pointer(kernel), 0, 0);
    inputProducts.multiply(time * batch, GATES, x, w, 0, columns(memory.inputs, 0, 0));
    float[] biases = bias == null ? new float[2 * width()] : Floats.read(bias);
    FloatPointer h = Floats.pointer(hidden);
    for (int t = 0; t < time; t++) {
      forwardAt(t, biases, h);
    }
    return RecurrentErrors.output(hidden, sequences);
  }

  private void forwardAt(int t, float[] biases, FloatPointer h) {
    Memory m = memory;
    int start = t * batch * width();
    m.inputs.position(start).get(m.gates, start, batch * width());
    m.inputs.position(0);
    fromState(t);
    int before = (t - 1) * m.rows;
    int now = t * m.rows;
    for (int b = 0; b < batch; b++) {
      int at = start + b * width();
      int from = b * width();
      for (int i = 0; i < width(); i++) {
        m.gates[at + i] += biases[i];
        m.row[from + i] += resetAfter && bias != null ? biases[width() + i] : 0;
      }
      for (int i = 0; i < 2 * units; i++) {
        m.gates[at + i] += m.row[from + i];
      }
      gate.apply(m.gates, at, 2 * units);
    }
    if (!resetAfter && t > 0) {
      candidateFromReset(t);
    }
    for (int b = 0; b < batch; b++) {
      int at = start + b * width();
      for (int i = 0; i < units; i++) {
        float state = m.row[b * width() + 2 * units + i];
        m.inner[now + b * units + i] = state;
        m.gates[at + 2 * units + i] += resetAfter ? m.gates[at + units + i] * state : state;
      }
      activation.apply(m.gates, at + 2 * units, units);
      for (int i = 0; i < units; i++) {
        float z = m.gates[at + i];
        float old = t == 0 ? 0 : m.outputs[before + b * units + i];
        m.outputs[now + b * units + i] = z * old + (1 - z) * m.gates[at + 2 * units + i];
      }
    }
    h.position(now).put(m.outputs, now, m.rows);
    h.position(0);
  }

  /** {@code h U}; for the gates alone if the reset comes first; zeros at the first time step. */
  private void fromState(int t) {
    Memory m = memory;
    if (t == 0) {
      java.util.Arrays.fill(m.row, 0);
      return;
    }
    Matrix u = columns(Floats.pointer(recurrent), 0, 0);
    stateProducts.multiply(batch, gatesOfState(), states(t - 1), u, 0, columns(m.step, 0, 0));
    m.step.get(m.row, 0, batch * width());
  }

  /** {@code (r h) U} for the candidate. */
  private void candidateFromReset(int t) {
    Memory m = memory;
    for (int b = 0; b < batch; b++) {
      int reset = (t * batch + b) * width() + units;
      for (int i = 0; i < units; i++) {
        int at = b * units + i;
        float state = m.outputs[(t - 1) * m.rows + at] * stateProducts.factor(CANDIDATE, at);
        m.other[at] = m.gates[reset + i] * state;
      }
    }
    m.resets.position((long) t * m.rows).put(m.other, 0, m.rows);
    m.resets.position(0);
    Matrix rh = new Matrix(m.resets, (long) t * m.rows, units);
    Matrix u = columns(Floats.pointer(recurrent), 0, 2);
    Gemm.multiply(batch, units, units, rh, u, 0, columns(m.step, 0, 2));
    m.step.get(m.other, 0, batch * width());
    for (int b = 0; b < batch; b++) {
      int at = b * width() + 2 * units;
      System.arraycopy(m.other, at, m.row, at, units);
    }
  }

  @Override
  public INDArray backward(INDArray epsilon) {
    Memory m = memory;
    var errors = new RecurrentErrors(epsilon, sequences, time, m.rows);
    float[] biasGradient = new float[2 * width()];
    for (int t = time - 1; t >= 0; t--) {
      backwardAt(t, errors.at(t), biasGradient);
    }
    int features = (int) input.size(2);
    Matrix x = new Matrix(Floats.pointer(input), 0, features);
    Matrix fromInputs = columns(m.inputs, 0, 0);
    inputProducts.gradient(
        time * batch, GATES, x, fromInputs, columns(Floats.pointer(gradients.kernel), 0, 0));
    recurrentGradient();
    if (bias != null) {
      Floats.write(java.util.Arrays.copyOf(biasGradient, (int) bias.length()), gradients.bias);
    }
    if (first) {
      return null;
    }
    INDArray result = Nd4j.createUninitialized(DataType.FLOAT, input.shape(), 'c');
    inputProducts.backward(
        time * batch,
        GATES,
        fromInputs,
        columns(Floats.pointer(kernel), 0, 0),
        new Matrix(Floats.pointer(result), 0, features));
    return result;
  }

  /** Leaves the previous time step's gradient in the errors. */
  private void backwardAt(int t, float[] error, float[] biasGradient) {
    Memory m = memory;
    FloatPointer u = Floats.pointer(recurrent);
    for (int b = 0; b < batch; b++) {
      candidateAndUpdate(t, b, error);
    }
    long start = (long) t * batch * width();
    if (!resetAfter && t > 0) {
      m.inputs.position(start).put(m.row, 0, batch * width());
      m.inputs.position(0);
      Matrix candidate = columns(m.inputs, (long) t * batch, 2);
      Matrix step = new Matrix(m.step, 0, units);
      Gemm.multiply(batch, units, units, candidate, columns(u, 0, 2).t(), 0, step);
      m.step.get(m.other, 0, m.rows);
      for (int b = 0; b < batch; b++) {
        resetBefore(t, b, error);
      }
    }
    m.inputs.position(start).put(m.row, 0, batch * width());
    m.inputs.position(0);
    addBiases(t, biasGradient);
    if (t > 0) {
      Matrix step = new Matrix(m.step, 0, units);
      Matrix from = columns(resetAfter ? m.states : m.inputs, (long) t * batch, 0);
      stateProducts.backward(batch, gatesOfState(), from, columns(u, 0, 0), step);
      m.step.get(m.other, 0, m.rows);
      for (int i = 0; i < m.rows; i++) {
        error[i] += m.other[i];
      }
    }
  }

  /** The gradients of the gates' arguments; the error becomes its part through {@code z h}. */
  private void candidateAndUpdate(int t, int b, float[] error) {
    Memory m = memory;
    int at = (t * batch + b) * width();
    int to = b * width();
    int cell = t * m.rows + b * units;
    for (int i = 0; i < units; i++) {
      float z = m.gates[at + i];
      float r = m.gates[at + units + i];
      float g = m.gates[at + 2 * units + i];
      float old = t == 0 ? 0 : m.outputs[cell - m.rows + i];
      float e = error[b * units + i];
      float candidate = e * (1 - z) * activation.slope(g);
      m.row[to + i] = e * (old - g) * gate.slope(z);
      m.row[to + units + i] = resetAfter ? candidate * m.inner[cell + i] * gate.slope(r) : 0;
      m.row[to + 2 * units + i] = candidate;
      error[b * units + i] = e * z;
    }
  }

  /**
   * The gradient of a reset gate that comes before the product, from the gradient of {@code r h}.
   */
  private void resetBefore(int t, int b, float[] error) {
    Memory m = memory;
    int at = (t * batch + b) * width() + units;
    int cell = (t - 1) * m.rows + b * units;
    for (int i = 0; i < units; i++) {
      float r = m.gates[at + i];
      float e = m.other[b * units + i] * stateProducts.factor(CANDIDATE, b * units + i);
      m.row[b * width() + units + i] = e * m.outputs[cell + i] * gate.slope(r);
      error[b * units + i] += e * r;
    }
  }

  private void addBiases(int t, float[] biasGradient) {
    Memory m = memory;
    for (int b = 0; b < batch; b++) {
      for (int i = 0; i < width(); i++) {
        int at = b * width() + i;
        float value = m.row[at];
        biasGradient[i] += value;
        m.other[at] =
            i < 2 * units ? value : value * m.gates[(t * batch + b) * width() + i - units];
        biasGradient[width() + i] += m.other[at];
      }
    }
    if (resetAfter) {
      m.states.position((long) t * batch * width()).put(m.other, 0, batch * width());
      m.states.position(0);
    }
  }

  private void recurrentGradient() {
    Memory m = memory;
    if (time == 1) {
      gradients.recurrent.assign(0);
      return;
    }
    FloatPointer gradient = Floats.pointer(gradients.recurrent);
    int count = (time - 1) * batch;
    Matrix from = columns(resetAfter ? m.states : m.inputs, batch, 0);
    stateProducts.gradient(count, gatesOfState(), states(0), from, columns(gradient, 0, 0));
    if (!resetAfter) {
      Matrix rh = new Matrix(m.resets, m.rows, units).t();
      Matrix candidate = columns(m.inputs, batch, 2);
      Gemm.multiply(units, units, count, rh, candidate, 0, columns(gradient, 0, 2));
    }
  }

  private void reserve() {
    if (memory.values < time * batch * units || memory.rows != batch * units) {
      memory.close();
      memory = new Memory(time, batch, units);
    }
  }

  @Override
  public void clear() {
    input = null;
    hidden = null;
  }

  @Override
  public void close() {
    memory.close();
    inputProducts.close();
    stateProducts.close();
  }
}
