package io.millrace.trainer.dl4j;

import io.millrace.contracts.request.IntPair;
import io.millrace.contracts.request.Padding;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A convolution of each channel by itself, without its activation. Planes are shared out among the
 * cores; each is computed alone, so that the result does not depend on how many there are.
 */
final class DepthwiseConvolutionStage implements Stage {
  private final Axis rows;
  private final Axis columns;
  private final int channels;
  private final int multiplier;
  private final Weights weights;
  private final boolean first;

  private float[] values;
  private int batch;

  /** Where the kernel's and the biases' values and gradients are; biases may be null. */
  record Weights(INDArray kernel, INDArray kernelGradient, INDArray bias, INDArray biasGradient) {}

  /** Windows with holes along an axis: place {@code k} of window {@code i}. */
  record Axis(int input, int output, int window, int stride, int dilation, int before) {
    static Axis of(int input, int output, int window, int stride, int dilation, Padding padding) {
      int missing = (output - 1) * stride + (window - 1) * dilation + 1 - input;
      return new Axis(
          input,
          output,
          window,
          stride,
          dilation,
          padding == Padding.SAME ? Math.max(0, missing) / 2 : 0);
    }

    int at(int i, int k) {
      return i * stride + k * dilation - before;
    }
  }

  /** A window's sizes. */
  record Window(IntPair size, IntPair strides, IntPair dilation, Padding padding) {}

  /**
   * @param input the shape of a sample, {@code [height, width, channels]}
   * @param output likewise
   * @param weights {@code [rows, columns, channels, multiplier]}
   * @param first whether no stage before it needs a gradient
   */
  DepthwiseConvolutionStage(
      Window window, List<Integer> input, List<Integer> output, Weights weights, boolean first) {
    this.rows =
        Axis.of(
            input.get(0),
            output.get(0),
            window.size.rows(),
            window.strides.rows(),
            window.dilation.rows(),
            window.padding);
    this.columns =
        Axis.of(
            input.get(1),
            output.get(1),
            window.size.columns(),
            window.strides.columns(),
            window.dilation.columns(),
            window.padding);
    this.channels = input.get(2);
    this.multiplier = output.get(2) / channels;
    this.weights = weights;
    this.first = first;
  }

  private int outputs() {
    return channels * multiplier;
  }

  private int weight(int ky, int kx, int output) {
    return (ky * columns.window + kx) * outputs() + output;
  }

  @Override
  public INDArray forward(INDArray input, Pass pass) {
    values = Floats.read(input);
    batch = (int) input.size(0);
    float[] kernel = Floats.read(weights.kernel);
    float[] biases = weights.bias == null ? new float[outputs()] : Floats.read(weights.bias);
    float[] results = new float[batch * outputs() * rows.output * columns.output];
    IntStream.range(0, batch * outputs())
        .parallel()
        .forEach(plane -> forward(plane, kernel, biases, results));
    return Floats.array(results, batch, outputs(), rows.output, columns.output);
  }

  private void forward(int plane, float[] kernel, float[] biases, float[] results) {
    int output = plane % outputs();
    int from = (plane / outputs() * channels + output / multiplier) * rows.input * columns.input;
    int to = plane * rows.output * columns.output;
    java.util.Arrays.fill(results, to, to + rows.output * columns.output, biases[output]);
    for (int ky = 0; ky < rows.window; ky++) {
      for (int kx = 0; kx < columns.window; kx++) {
        float weight = kernel[weight(ky, kx, output)];
        for (int r = 0; r < rows.output; r++) {
          int y = rows.at(r, ky);
          if (y >= 0 && y < rows.input) {
            int line = from + y * columns.input;
            int target = to + r * columns.output;
            for (int c = 0; c < columns.output; c++) {
              int x = columns.at(c, kx);
              if (x >= 0 && x < columns.input) {
                results[target + c] += weight * values[line + x];
              }
            }
          }
        }
      }
    }
  }

  @Override
  public INDArray backward(INDArray epsilon) {
    float[] errors = Floats.read(epsilon);
    float[] kernelGradient = new float[rows.window * columns.window * outputs()];
    float[] biasGradient = new float[outputs()];
    IntStream.range(0, outputs())
        .parallel()
        .forEach(output -> weightGradients(output, errors, kernelGradient, biasGradient));
    Floats.write(kernelGradient, weights.kernelGradient);
    if (weights.bias != null) {
      Floats.write(biasGradient, weights.biasGradient);
    }
    if (first) {
      return null;
    }
    float[] kernel = Floats.read(weights.kernel);
    float[] results = new float[values.length];
    IntStream.range(0, batch * channels)
        .parallel()
        .forEach(plane -> inputGradients(plane, kernel, errors, results));
    return Floats.array(results, batch, channels, rows.input, columns.input);
  }

  private void weightGradients(
      int output, float[] errors, float[] kernelGradient, float[] biasGradient) {
    int size = rows.output * columns.output;
    for (int image = 0; image < batch; image++) {
      int to = (image * outputs() + output) * size;
      int from = (image * channels + output / multiplier) * rows.input * columns.input;
      for (int i = to; i < to + size; i++) {
        biasGradient[output] += errors[i];
      }
      for (int ky = 0; ky < rows.window; ky++) {
        for (int kx = 0; kx < columns.window; kx++) {
          kernelGradient[weight(ky, kx, output)] += correlate(errors, to, from, ky, kx);
        }
      }
    }
  }

  private float correlate(float[] errors, int to, int from, int ky, int kx) {
    float sum = 0;
    for (int r = 0; r < rows.output; r++) {
      int y = rows.at(r, ky);
      if (y >= 0 && y < rows.input) {
        for (int c = 0; c < columns.output; c++) {
          int x = columns.at(c, kx);
          if (x >= 0 && x < columns.input) {
            sum += errors[to + r * columns.output + c] * values[from + y * columns.input + x];
          }
        }
      }
    }
    return sum;
  }

  private void inputGradients(int plane, float[] kernel, float[] errors, float[] results) {
    int image = plane / channels;
    int channel = plane % channels;
    int into = plane * rows.input * columns.input;
    for (int output = channel * multiplier; output < (channel + 1) * multiplier; output++) {
      int from = (image * outputs() + output) * rows.output * columns.output;
      for (int ky = 0; ky < rows.window; ky++) {
        for (int kx = 0; kx < columns.window; kx++) {
          float weight = kernel[weight(ky, kx, output)];
          for (int r = 0; r < rows.output; r++) {
            int y = rows.at(r, ky);
            if (y >= 0 && y < rows.input) {
              for (int c = 0; c < columns.output; c++) {
                int x = columns.at(c, kx);
                if (x >= 0 && x < columns.input) {
                  results[into + y * columns.input + x] +=
                      weight * errors[from + r * columns.output + c];
                }
              }
            }
          }
        }
      }
    }
  }

  @Override
  public void clear() {
    values = null;
  }
}
