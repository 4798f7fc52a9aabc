package io.millrace.trainer.dl4j.layers;

import io.millrace.contracts.request.ConvolutionSpec;
import io.millrace.contracts.request.SeriesPadding;
import io.millrace.trainer.dl4j.device.Floats;
import io.millrace.trainer.dl4j.layers.Gemm.Matrix;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A convolution along time, {@code y[t] = sum over k of x[t stride + k dilation - before] W[k] +
 * b}, without its activation. Every {@code k} is one matrix product over all time steps if the
 * stride is 1, else one for each step.
 */
final class SeriesConvolutionStage implements Stage {
  private final ConvolutionSpec.Conv1D spec;
  private final Map<String, INDArray> gradients;
  private final INDArray kernel;
  private final INDArray bias;
  private final boolean first;

  private INDArray input;

  /**
   * Output time steps from {@code from} to {@code from + count - 1}, and the input's first time
   * step under them.
   */
  private record Run(int from, int to, int count) {}

  /**
   * @param parameters parameters by Keras' names: {@code kernel} {@code [size, in, out]}, {@code
   *     bias}
   * @param gradients gradients of the parameters, by name
   * @param first whether no earlier stage needs a gradient
   */
  SeriesConvolutionStage(
      ConvolutionSpec.Conv1D spec,
      Map<String, INDArray> parameters,
      Map<String, INDArray> gradients,
      boolean first) {
    this.spec = spec;
    this.kernel = parameters.get("kernel");
    this.bias = parameters.get("bias");
    this.gradients = gradients;
    this.first = first;
  }

  private int window() {
    return (spec.kernelSize() - 1) * spec.dilationRate() + 1;
  }

  private int times() {
    int time = (int) input.size(0);
    return spec.padding() == SeriesPadding.VALID
        ? (time - window()) / spec.strides() + 1
        : (time + spec.strides() - 1) / spec.strides();
  }

  /** The number of zeros before the first time step. */
  private int before() {
    return switch (spec.padding()) {
      case VALID -> 0;
      case SAME -> Math.max(0, (times() - 1) * spec.strides() + window() - (int) input.size(0)) / 2;
      case CAUSAL -> window() - 1;
    };
  }

  @Override
  public INDArray forward(INDArray values, Pass pass) {
    input = values.ordering() == 'c' ? values : values.dup('c');
    int batch = (int) values.size(1);
    int filters = spec.filters();
    float[] biases = bias == null ? new float[filters] : Floats.read(bias);
    float[] start = new float[times() * batch * filters];
    for (int i = 0; i < start.length; i++) {
      start[i] = biases[i % filters];
    }
    INDArray output = Floats.array(start, times(), batch, filters);
    FloatPointer y = Floats.pointer(output);
    overRuns(
        (k, run) ->
            Gemm.multiply(run.count * batch, filters, features(), x(run), w(k), 1, y(y, run)));
    return output;
  }

  /** Handles an index of the kernel and the time steps that it joins. */
  @FunctionalInterface
  private interface Product {
    void make(int k, Run run);
  }

  private void overRuns(Product product) {
    int time = (int) input.size(0);
    int times = times();
    for (int k = 0; k < spec.kernelSize(); k++) {
      int shift = k * spec.dilationRate() - before();
      int stride = spec.strides();
      int least = Math.max(0, (-shift + stride - 1) / stride);
      int most = Math.min(times - 1, Math.floorDiv(time - 1 - shift, stride));
      if (stride == 1 && least <= most) {
        product.make(k, new Run(least + shift, least, most - least + 1));
      } else {
        for (int t = least; t <= most; t++) {
          product.make(k, new Run(t * stride + shift, t, 1));
        }
      }
    }
  }

  private int features() {
    return (int) input.size(2);
  }

  private Matrix x(Run run) {
    return new Matrix(Floats.pointer(input), run.from * input.size(1) * features(), features());
  }

  private Matrix y(FloatPointer memory, Run run) {
    return new Matrix(memory, run.to * input.size(1) * spec.filters(), spec.filters());
  }

  private Matrix w(int k) {
    return w(kernel, k);
  }

  private Matrix w(INDArray weights, int k) {
    return new Matrix(
        Floats.pointer(weights), (long) k * features() * spec.filters(), spec.filters());
  }

  @Override
  public INDArray backward(INDArray epsilon) {
    INDArray error = epsilon.ordering() == 'c' ? epsilon : epsilon.dup('c');
    FloatPointer e = Floats.pointer(error);
    int batch = (int) input.size(1);
    INDArray kernelGradient = gradients.get("kernel");
    kernelGradient.assign(0);
    overRuns(
        (k, run) ->
            Gemm.multiply(
                features(),
                spec.filters(),
                run.count * batch,
                x(run).t(),
                y(e, run),
                1,
                w(kernelGradient, k)));
    if (bias != null) {
      Floats.write(sums(Floats.read(error)), gradients.get("bias"));
    }
    if (first) {
      return null;
    }
    INDArray result = Nd4j.create(DataType.FLOAT, input.shape(), 'c');
    FloatPointer r = Floats.pointer(result);
    overRuns(
        (k, run) ->
            Gemm.multiply(
                run.count * batch,
                features(),
                spec.filters(),
                y(e, run),
                w(k).t(),
                1,
                new Matrix(r, run.from * (long) batch * features(), features())));
    return result;
  }

  private float[] sums(float[] errors) {
    float[] sums = new float[spec.filters()];
    for (int i = 0; i < errors.length; i++) {
      sums[i % sums.length] += errors[i];
    }
    return sums;
  }

  @Override
  public void clear() {
    input = null;
  }
}
