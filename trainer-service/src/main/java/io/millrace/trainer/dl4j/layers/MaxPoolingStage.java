package io.millrace.trainer.dl4j.layers;

import io.millrace.contracts.request.Padding;
import io.millrace.contracts.request.PoolingSpec;
import io.millrace.trainer.dl4j.device.Floats;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The maximum of each window. ND4J's operation passes over the input several times and searches the
 * maxima again in the backward pass; this one passes once and remembers their positions: the first
 * of equal ones. Cores share the images; each image is computed on one core, so that the result
 * does not depend on the number of cores.
 */
public final class MaxPoolingStage implements Stage {
  private final Sliding rows;
  private final Sliding columns;
  private final boolean first;

  private long[] inputShape;
  private int[] maxima = {};

  /** Windows along an axis: window {@code i} starts at {@code i · stride - before}. */
  record Sliding(int input, int window, int stride, int before, int output) {
    static Sliding of(int input, int window, int stride, Padding padding, int output) {
      int missing = Math.max(0, (output - 1) * stride + window - input);
      return new Sliding(input, window, stride, padding == Padding.SAME ? missing / 2 : 0, output);
    }

    int start(int i) {
      return Math.max(0, i * stride - before);
    }

    int end(int i) {
      return Math.min(input, i * stride - before + window);
    }
  }

  /**
   * @param input the sample shape, {@code [height, width, channels]}
   * @param output the output's sample shape
   * @param first whether no earlier stage needs a gradient
   */
  public MaxPoolingStage(
      PoolingSpec.MaxPooling2D pool, List<Integer> input, List<Integer> output, boolean first) {
    this.rows =
        Sliding.of(
            input.get(0),
            pool.poolSize().rows(),
            pool.strides().rows(),
            pool.padding(),
            output.get(0));
    this.columns =
        Sliding.of(
            input.get(1),
            pool.poolSize().columns(),
            pool.strides().columns(),
            pool.padding(),
            output.get(1));
    this.first = first;
  }

  @Override
  public INDArray forward(INDArray input, Pass pass) {
    inputShape = input.shape();
    int channels = (int) inputShape[1];
    INDArray output =
        Nd4j.createUninitialized(
            DataType.FLOAT, new long[] {inputShape[0], channels, rows.output, columns.output}, 'c');
    if (maxima.length < output.length()) {
      maxima = new int[(int) output.length()];
    }
    FloatBuffer from = Floats.buffer(input);
    FloatBuffer to = Floats.buffer(output);
    IntStream.range(0, (int) inputShape[0])
        .parallel()
        .forEach(
            image -> {
              float[] plane = new float[rows.input * columns.input];
              float[] pooled = new float[rows.output * columns.output];
              for (int c = 0; c < channels; c++) {
                int index = image * channels + c;
                from.get(index * plane.length, plane);
                pool(plane, pooled, index * pooled.length);
                to.put(index * pooled.length, pooled);
              }
            });
    return output;
  }

  private void pool(float[] plane, float[] pooled, int offset) {
    int at = 0;
    for (int r = 0; r < rows.output; r++) {
      int top = rows.start(r);
      int bottom = rows.end(r);
      for (int c = 0; c < columns.output; c++) {
        int left = columns.start(c);
        int right = columns.end(c);
        int best = top * columns.input + left;
        float max = plane[best];
        for (int y = top; y < bottom; y++) {
          int line = y * columns.input;
          for (int x = line + left; x < line + right; x++) {
            float value = plane[x];
            // NaN wins, as in other frameworks, so that a diverged network is noticed.
            if (value > max || value != value) {
              max = value;
              best = x;
            }
          }
        }
        pooled[at] = max;
        maxima[offset + at++] = best;
      }
    }
  }

  @Override
  public INDArray backward(INDArray epsilon) {
    if (first) {
      return null;
    }
    INDArray result = Nd4j.createUninitialized(DataType.FLOAT, inputShape, 'c');
    int channels = (int) inputShape[1];
    FloatBuffer from = Floats.buffer(epsilon);
    FloatBuffer to = Floats.buffer(result);
    IntStream.range(0, (int) inputShape[0])
        .parallel()
        .forEach(
            image -> {
              float[] plane = new float[rows.input * columns.input];
              float[] pooled = new float[rows.output * columns.output];
              for (int c = 0; c < channels; c++) {
                int index = image * channels + c;
                from.get(index * pooled.length, pooled);
                Arrays.fill(plane, 0);
                for (int i = 0; i < pooled.length; i++) {
                  plane[maxima[index * pooled.length + i]] += pooled[i];
                }
                to.put(index * plane.length, plane);
              }
            });
    return result;
  }
}
