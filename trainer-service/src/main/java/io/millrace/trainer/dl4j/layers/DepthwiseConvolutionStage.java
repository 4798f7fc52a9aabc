package io.millrace.trainer.dl4j.layers;

import io.millrace.contracts.request.IntPair;
import io.millrace.contracts.request.Padding;
import io.millrace.trainer.dl4j.device.Floats;
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

  /** The usual window. */
  private static final int THREE = 3;

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

    /** The first window whose place {@code k} lies inside. */
    int first(int k) {
      int missing = before - k * dilation;
      return missing <= 0 ? 0 : (missing + stride - 1) / stride;
    }

    /** Behind the last window whose place {@code k} lies inside. */
    int end(int k) {
      int most = input - 1 + before - k * dilation;
      return most < 0 ? 0 : Math.min(output, most / stride + 1);
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
            int line = from + y * columns.input + columns.at(0, kx);
            int target = to + r * columns.output;
            add(weight, values, line, columns.stride, results, target, kx);
          }
        }
      }
    }
  }

  /**
   * {@code to[target + c] += weight from[line + c stride]} wherever place kx of window c is inside.
   */
  private void add(
      float weight, float[] from, int line, int stride, float[] to, int target, int kx) {
    int end = columns.end(kx);
    if (stride == 1) {
      for (int c = columns.first(kx); c < end; c++) {
        to[target + c] += weight * from[line + c];
      }
    } else {
      for (int c = columns.first(kx); c < end; c++) {
        to[target + c] += weight * from[line + c * stride];
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
        if (columns.window == THREE) {
          correlateThree(errors, to, from, ky, kernelGradient, output);
        } else {
          for (int kx = 0; kx < columns.window; kx++) {
            kernelGradient[weight(ky, kx, output)] += correlate(errors, to, from, ky, kx);
          }
        }
      }
    }
  }

  /** As {@link #correlate} for three places of a line, whose sums do not wait for one another. */
  private void correlateThree(
      float[] errors, int to, int from, int ky, float[] kernelGradient, int output) {
    float[] sums = new float[THREE];
    int start = Math.max(columns.first(0), Math.max(columns.first(1), columns.first(2)));
    int end = Math.min(columns.end(0), Math.min(columns.end(1), columns.end(2)));
    end = Math.max(start, end);
    for (int r = rows.first(ky); r < rows.end(ky); r++) {
      int line = from + rows.at(r, ky) * columns.input;
      int error = to + r * columns.output;
      int line0 = line + columns.at(0, 0);
      int line1 = line + columns.at(0, 1);
      int line2 = line + columns.at(0, 2);
      edge(errors, error, line, 0, start, sums);
      float sum0 = sums[0];
      float sum1 = sums[1];
      float sum2 = sums[2];
      for (int c = start; c < end; c++) {
        float e = errors[error + c];
        int x = c * columns.stride;
        sum0 += e * values[line0 + x];
        sum1 += e * values[line1 + x];
        sum2 += e * values[line2 + x];
      }
      sums[0] = sum0;
      sums[1] = sum1;
      sums[2] = sum2;
      edge(errors, error, line, end, columns.output, sums);
    }
    for (int kx = 0; kx < THREE; kx++) {
      kernelGradient[weight(ky, kx, output)] += sums[kx];
    }
  }

  /** What is left of {@link #correlateThree} where not all places of a window lie inside. */
  private void edge(float[] errors, int error, int line, int start, int end, float[] sums) {
    for (int kx = 0; kx < THREE; kx++) {
      int place = line + columns.at(0, kx);
      int last = Math.min(end, columns.end(kx));
      for (int c = Math.max(start, columns.first(kx)); c < last; c++) {
        sums[kx] += errors[error + c] * values[place + c * columns.stride];
      }
    }
  }

  private float correlate(float[] errors, int to, int from, int ky, int kx) {
    float sum = 0;
    int start = columns.first(kx);
    int end = columns.end(kx);
    for (int r = rows.first(ky); r < rows.end(ky); r++) {
      int line = from + rows.at(r, ky) * columns.input + columns.at(0, kx);
      int error = to + r * columns.output;
      for (int c = start; c < end; c++) {
        sum += errors[error + c] * values[line + c * columns.stride];
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
              spread(
                  weight,
                  errors,
                  from + r * columns.output,
                  results,
                  into + y * columns.input + columns.at(0, kx),
                  kx);
            }
          }
        }
      }
    }
  }

  /** {@code to[line + c stride] += weight from[error + c]}, as {@link #add}. */
  private void spread(float weight, float[] from, int error, float[] to, int line, int kx) {
    int end = columns.end(kx);
    if (columns.stride == 1) {
      for (int c = columns.first(kx); c < end; c++) {
        to[line + c] += weight * from[error + c];
      }
    } else {
      for (int c = columns.first(kx); c < end; c++) {
        to[line + c * columns.stride] += weight * from[error + c];
      }
    }
  }

  @Override
  public void clear() {
    values = null;
  }
}
