package io.millrace.trainer.dl4j.layers;

import io.millrace.trainer.dl4j.device.Floats;
import io.millrace.trainer.dl4j.layers.DepthwiseConvolutionStage.Axis;
import io.millrace.trainer.dl4j.layers.DepthwiseConvolutionStage.Weights;
import io.millrace.trainer.dl4j.layers.Gemm.Matrix;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A transposed convolution over images, without its activation: the gradient of a convolution from
 * the output's size to the input's. One matrix product for each image computes what every pixel
 * adds to every position of its window.
 */
final class TransposedConvolutionStage implements Stage {
  private final Axis rows;
  private final Axis columns;
  private final int channels;
  private final int filters;
  private final Weights weights;
  private final boolean first;

  private INDArray input;

  /**
   * @param rows the rows of the convolution from the output's height to the input's
   * @param columns its columns
   * @param weights the kernel {@code [rows, columns, filters, channels]}
   * @param channels number of input channels
   * @param first whether no earlier stage needs a gradient
   */
  TransposedConvolutionStage(
      Axis rows, Axis columns, Weights weights, int channels, int filters, boolean first) {
    this.rows = rows;
    this.columns = columns;
    this.weights = weights;
    this.channels = channels;
    this.filters = filters;
    this.first = first;
  }

  /** The number of input pixels. */
  private int pixels() {
    return rows.output() * columns.output();
  }

  /** The number of output pixels. */
  private int area() {
    return rows.input() * columns.input();
  }

  private int places() {
    return rows.window() * columns.window();
  }

  private Matrix kernel(INDArray array) {
    return new Matrix(Floats.pointer(array), 0, channels);
  }

  private Matrix image(FloatPointer images, int image) {
    return new Matrix(images, (long) image * channels * pixels(), pixels());
  }

  @Override
  public INDArray forward(INDArray values, Pass pass) {
    input = values.ordering() == 'c' ? values : values.dup('c');
    int batch = (int) input.size(0);
    float[] outputs = new float[batch * filters * area()];
    if (weights.bias() != null) {
      float[] biases = Floats.read(weights.bias());
      for (int plane = 0; plane < batch * filters; plane++) {
        Arrays.fill(outputs, plane * area(), (plane + 1) * area(), biases[plane % filters]);
      }
    }
    INDArray spread =
        Nd4j.createUninitialized(
            DataType.FLOAT, new long[] {(long) places() * filters, pixels()}, 'c');
    FloatPointer x = Floats.pointer(input);
    for (int image = 0; image < batch; image++) {
      Matrix to = new Matrix(Floats.pointer(spread), 0, pixels());
      Gemm.multiply(
          places() * filters, pixels(), channels, kernel(weights.kernel()), image(x, image), 0, to);
      float[] put = Floats.read(spread);
      int start = image * filters * area();
      overPlaces((from, at) -> outputs[start + at] += put[from]);
    }
    return Floats.array(outputs, batch, filters, rows.input(), columns.input());
  }

  /** Handles a value of a window and its index in the output. */
  @FunctionalInterface
  private interface Move {
    void make(int value, int place);
  }

  private void overPlaces(Move move) {
    for (int k = 0; k < places(); k++) {
      for (int r = 0; r < rows.output(); r++) {
        int y = rows.at(r, k / columns.window());
        if (y < 0 || y >= rows.input()) {
          continue;
        }
        for (int c = 0; c < columns.output(); c++) {
          int x = columns.at(c, k % columns.window());
          if (x < 0 || x >= columns.input()) {
            continue;
          }
          for (int f = 0; f < filters; f++) {
            int value = (k * filters + f) * pixels() + r * columns.output() + c;
            move.make(value, f * area() + y * columns.input() + x);
          }
        }
      }
    }
  }

  @Override
  public INDArray backward(INDArray epsilon) {
    float[] errors = Floats.read(epsilon);
    int batch = (int) input.size(0);
    if (weights.bias() != null) {
      float[] sums = new float[filters];
      for (int i = 0; i < errors.length; i++) {
        sums[i / area() % filters] += errors[i];
      }
      Floats.write(sums, weights.biasGradient());
    }
    weights.kernelGradient().assign(0);
    INDArray result = first ? null : Nd4j.createUninitialized(DataType.FLOAT, input.shape(), 'c');
    FloatPointer x = Floats.pointer(input);
    float[] taken = new float[places() * filters * pixels()];
    INDArray windows =
        Nd4j.createUninitialized(
            DataType.FLOAT, new long[] {(long) places() * filters, pixels()}, 'c');
    Matrix gathered = new Matrix(Floats.pointer(windows), 0, pixels());
    for (int image = 0; image < batch; image++) {
      Arrays.fill(taken, 0);
      int start = image * filters * area();
      overPlaces((to, at) -> taken[to] = errors[start + at]);
      Floats.write(taken, windows);
      Gemm.multiply(
          places() * filters,
          channels,
          pixels(),
          gathered,
          image(x, image).t(),
          1,
          kernel(weights.kernelGradient()));
      if (result != null) {
        Gemm.multiply(
            channels,
            pixels(),
            places() * filters,
            kernel(weights.kernel()).t(),
            gathered,
            0,
            image(Floats.pointer(result), image));
      }
    }
    return result;
  }

  @Override
  public void clear() {
    input = null;
  }
}
