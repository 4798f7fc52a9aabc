package io.millrace.trainer.dl4j.layers;

import io.millrace.contracts.request.RecurrentSpec;
import io.millrace.trainer.dl4j.device.Floats;
import io.millrace.trainer.dl4j.layers.Gemm.Matrix;
import io.millrace.trainer.dl4j.layers.GruStage.Gradients;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** {@code h' = activation(x W + h U + b)} over {@code [time, batch, features]}. */
final class SimpleRnnStage implements Stage {
  private final int units;
  private final boolean sequences;
  private final boolean first;
  private final ScalarFunction activation;
  private final INDArray kernel;
  private final INDArray recurrent;
  private final INDArray bias;
  private final Gradients gradients;
  private final GateProducts stateProducts;

  private INDArray input;
  private INDArray hidden;
  private int time;
  private int batch;
  private float[] outputs = {};

  /**
   * @param parameters parameters by Keras' names, with a prefix: {@code kernel} {@code [in,
   *     units]}, {@code recurrent_kernel} {@code [units, units]}, {@code bias}
   * @param gradients gradients of the parameters, by name
   * @param seed combines the network's seed and the layer
   * @param first whether no earlier stage needs a gradient
   */
  SimpleRnnStage(
      RecurrentSpec.SimpleRNN spec,
      Map<String, INDArray> parameters,
      Map<String, INDArray> gradients,
      String prefix,
      long seed,
      boolean first) {
    this.units = spec.units();
    this.sequences = spec.returnSequences();
    this.first = first;
    this.activation = ScalarFunction.of(spec.activation());
    this.kernel = parameters.get(prefix + "kernel");
    this.recurrent = parameters.get(prefix + "recurrent_kernel");
    this.bias = parameters.get(prefix + "bias");
    this.gradients = Gradients.of(gradients, prefix);
    this.stateProducts = GateProducts.ofState(spec, 1, seed);
  }

  private Matrix rows(INDArray array, int t) {
    int width = (int) array.size(array.rank() - 1);
    return new Matrix(Floats.pointer(array), (long) t * batch * width, width);
  }

  private Matrix weights(INDArray array) {
    return new Matrix(Floats.pointer(array), 0, units);
  }

  @Override
  public INDArray forward(INDArray values, Pass pass) {
    input = values;
    time = (int) values.size(0);
    batch = (int) values.size(1);
    int features = (int) values.size(2);
    int row = batch * units;
    stateProducts.begin(pass, batch, units);
    outputs = new float[time * row];
    if (bias != null) {
      float[] biases = Floats.read(bias);
      for (int i = 0; i < outputs.length; i++) {
        outputs[i] = biases[i % units];
      }
    }
    hidden = Floats.array(outputs, time, batch, units);
    Gemm.multiply(
        time * batch, units, features, rows(input, 0), weights(kernel), 1, rows(hidden, 0));
    FloatPointer h = Floats.pointer(hidden);
    for (int t = 0; t < time; t++) {
      if (t > 0) {
        stateProducts.multiply(
            batch, 1, rows(hidden, t - 1), weights(recurrent), 1, rows(hidden, t));
      }
      h.position((long) t * row).get(outputs, t * row, row);
      activation.apply(outputs, t * row, row);
      h.put(outputs, t * row, row);
    }
    return RecurrentErrors.output(hidden, sequences);
  }

  @Override
  public INDArray backward(INDArray epsilon) {
    int row = batch * units;
    var errors = new RecurrentErrors(epsilon, sequences, time, row);
    INDArray deltas = Nd4j.createUninitialized(DataType.FLOAT, hidden.shape(), 'c');
    INDArray carried = Nd4j.createUninitialized(DataType.FLOAT, new long[] {batch, units}, 'c');
    FloatPointer d = Floats.pointer(deltas);
    float[] biasGradient = new float[units];
    for (int t = time - 1; t >= 0; t--) {
      float[] error = errors.at(t);
      for (int i = 0; i < row; i++) {
        error[i] *= activation.slope(outputs[t * row + i]);
        biasGradient[i % units] += error[i];
      }
      d.position((long) t * row).put(error, 0, row);
      if (t > 0) {
        stateProducts.backward(batch, 1, rows(deltas, t), weights(recurrent), rows(carried, 0));
        Floats.pointer(carried).get(error, 0, row);
      }
    }
    weightGradients(deltas, biasGradient);
    if (first) {
      return null;
    }
    int features = (int) input.size(2);
    INDArray result = Nd4j.createUninitialized(DataType.FLOAT, input.shape(), 'c');
    Gemm.multiply(
        time * batch, features, units, rows(deltas, 0), weights(kernel).t(), 0, rows(result, 0));
    return result;
  }

  private void weightGradients(INDArray deltas, float[] biasGradient) {
    int features = (int) input.size(2);
    Gemm.multiply(
        features,
        units,
        time * batch,
        rows(input, 0).t(),
        rows(deltas, 0),
        0,
        weights(gradients.kernel()));
    if (time == 1) {
      gradients.recurrent().assign(0);
    } else {
      stateProducts.gradient(
          (time - 1) * batch, 1, rows(hidden, 0), rows(deltas, 1), weights(gradients.recurrent()));
    }
    if (bias != null) {
      Floats.write(biasGradient, gradients.bias());
    }
  }

  @Override
  public void clear() {
    input = null;
    hidden = null;
  }

  @Override
  public void close() {
    stateProducts.close();
  }
}
