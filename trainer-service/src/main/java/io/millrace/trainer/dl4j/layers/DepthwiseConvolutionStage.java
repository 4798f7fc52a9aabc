package io.millrace.trainer.dl4j.layers;

import io.millrace.contracts.request.IntPair;
import io.millrace.contracts.request.Padding;
import io.millrace.trainer.dl4j.device.Floats;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A convolution of each channel alone, without its activation. Cores share the channels; each
 * channel is computed on one core, so that the result does not depend on the number of cores. A
 * plane is arranged as in {@link WindowPlaces}, so that loops are long and have no borders.
 */
final class DepthwiseConvolutionStage implements Stage {
  private final Axis rows;
  private final Axis columns;
  private final int channels;
  private final int multiplier;
  private final Weights weights;
  private final boolean first;

  /** Taps whose gradients are summed at the same time: those of the usual window. */
  private static final int NINE = 9;

  private final WindowPlaces places;
  private INDArray input;
  private int batch;

  /** The values and gradients of kernel and biases; biases may be null. */
  record Weights(INDArray kernel, INDArray kernelGradient, INDArray bias, INDArray biasGradient) {}

  /** Dilated windows along an axis: the position of {@code k} in window {@code i}. */
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
   * @param output the output's sample shape
   * @param weights {@code [rows, columns, channels, multiplier]}
   * @param first whether no earlier stage needs a gradient
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
    this.places = new WindowPlaces(rows, columns);
    this.channels = input.get(2);
    this.multiplier = output.get(2) / channels;
    this.weights = weights;
    this.first = first;
  }

  @Override
  public INDArray forward(INDArray values, Pass pass) {
    input = Floats.plain(values);
    batch = (int) input.size(0);
    float[] kernel = Floats.read(weights.kernel);
    float[] biases = weights.bias == null ? new float[outputs()] : Floats.read(weights.bias);
    long[] shape = {batch, outputs(), rows.output, columns.output};
    INDArray results = Nd4j.createUninitialized(DataType.FLOAT, shape, 'c');
    FloatBuffer from = Floats.buffer(input);
    FloatBuffer to = Floats.buffer(results);
    IntStream.range(0, channels)
        .parallel()
        .forEach(
            channel -> {
              float[] line = places.line();
              float[] under = new float[places.values()];
              float[] sums = new float[places.windows()];
              for (int image = 0; image < batch; image++) {
                places.readInput(from, image * channels + channel, line, under);
                for (int m = 0; m < multiplier; m++) {
                  int output = channel * multiplier + m;
                  Arrays.fill(sums, biases[output]);
                  addTaps(kernel, output, under, sums);
                  places.writeOutput(sums, line, to, image * outputs() + output);
                }
              }
            });
    return results;
  }

  /** Adds three taps at a time; each sum is in the order of the taps. */
  private void addTaps(float[] kernel, int output, float[] under, float[] sums) {
    int tap = 0;
    for (; tap + 2 < places.taps(); tap += 3) {
      addThree(
          under,
          places.at(tap),
          places.at(tap + 1),
          places.at(tap + 2),
          kernel[tap * outputs() + output],
          kernel[(tap + 1) * outputs() + output],
          kernel[(tap + 2) * outputs() + output],
          sums);
    }
    for (; tap < places.taps(); tap++) {
      add(under, places.at(tap), kernel[tap * outputs() + output], sums);
    }
  }

  private static void addThree(
      float[] under, int a, int b, int c, float wa, float wb, float wc, float[] sums) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] = sums[i] + wa * under[a + i] + wb * under[b + i] + wc * under[c + i];
    }
  }

  private static void add(float[] under, int at, float weight, float[] sums) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += weight * under[at + i];
    }
  }

  @Override
  public INDArray backward(INDArray epsilon) {
    float[] kernel = Floats.read(weights.kernel);
    float[] kernelGradient = new float[kernel.length];
    float[] biasGradient = new float[outputs()];
    INDArray errors = Floats.plain(epsilon);
    INDArray results = first ? null : Nd4j.createUninitialized(DataType.FLOAT, input.shape(), 'c');
    FloatBuffer from = Floats.buffer(input);
    FloatBuffer error = Floats.buffer(errors);
    FloatBuffer to = first ? null : Floats.buffer(results);
    IntStream.range(0, channels)
        .parallel()
        .forEach(
            channel -> {
              float[] line = places.line();
              float[] under = new float[places.values()];
              float[] gradients = new float[places.values()];
              float[] e = new float[places.windows()];
              for (int image = 0; image < batch; image++) {
                places.readInput(from, image * channels + channel, line, under);
                Arrays.fill(gradients, 0);
                for (int m = 0; m < multiplier; m++) {
                  int output = channel * multiplier + m;
                  places.readOutput(error, image * outputs() + output, line, e);
                  if (weights.bias != null) {
                    biasGradient[output] = sum(biasGradient[output], e);
                  }
                  correlate(e, under, kernelGradient, output);
                  if (!first) {
                    spread(kernel, output, e, gradients);
                  }
                }
                if (!first) {
                  places.writeInput(gradients, line, to, image * channels + channel);
                }
              }
            });
    Floats.write(kernelGradient, weights.kernelGradient);
    if (weights.bias != null) {
      Floats.write(biasGradient, weights.biasGradient);
    }
    return results;
  }

  private static float sum(float start, float[] values) {
    float sum = start;
    for (float value : values) {
      sum += value;
    }
    return sum;
  }

  /**
   * Adds an image's part of the kernel's gradient: for each tap a sum over the windows, in order.
   * Nine taps are independent sums, so that the processor can overlap them.
   */
  private void correlate(float[] errors, float[] under, float[] gradient, int output) {
    float[] sums = new float[NINE];
    int[] at = new int[NINE];
    for (int tap = 0; tap < places.taps(); tap += NINE) {
      int count = Math.min(NINE, places.taps() - tap);
      for (int k = 0; k < NINE; k++) {
        at[k] = places.at(tap + Math.min(k, count - 1));
      }
      correlateNine(errors, under, at, sums);
      for (int k = 0; k < count; k++) {
        gradient[(tap + k) * outputs() + output] += sums[k];
      }
    }
  }

  private static void correlateNine(float[] errors, float[] under, int[] at, float[] sums) {
    int at0 = at[0];
    int at1 = at[1];
    int at2 = at[2];
    int at3 = at[3];
    int at4 = at[4];
    int at5 = at[5];
    int at6 = at[6];
    int at7 = at[7];
    int at8 = at[8];
    float sum0 = 0;
    float sum1 = 0;
    float sum2 = 0;
    float sum3 = 0;
    float sum4 = 0;
    float sum5 = 0;
    float sum6 = 0;
    float sum7 = 0;
    float sum8 = 0;
    for (int i = 0; i < errors.length; i++) {
      float e = errors[i];
      sum0 += e * under[at0 + i];
      sum1 += e * under[at1 + i];
      sum2 += e * under[at2 + i];
      sum3 += e * under[at3 + i];
      sum4 += e * under[at4 + i];
      sum5 += e * under[at5 + i];
      sum6 += e * under[at6 + i];
      sum7 += e * under[at7 + i];
      sum8 += e * under[at8 + i];
    }
    sums[0] = sum0;
    sums[1] = sum1;
    sums[2] = sum2;
    sums[3] = sum3;
    sums[4] = sum4;
    sums[5] = sum5;
    sums[6] = sum6;
    sums[7] = sum7;
    sums[8] = sum8;
  }

  private void spread(float[] kernel, int output, float[] errors, float[] gradients) {
    for (int tap = 0; tap < places.taps(); tap++) {
      spread(kernel[tap * outputs() + output], errors, gradients, places.at(tap));
    }
  }

  private static void spread(float weight, float[] errors, float[] gradients, int at) {
    for (int i = 0; i < errors.length; i++) {
      gradients[at + i] += weight * errors[i];
    }
  }

  private int outputs() {
    return channels * multiplier;
  }

  @Override
  public void clear() {
    input = null;
  }
}
