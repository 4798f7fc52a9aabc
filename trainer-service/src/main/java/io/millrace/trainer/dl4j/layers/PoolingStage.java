package io.millrace.trainer.dl4j.layers;

import io.millrace.contracts.request.Padding;
import io.millrace.trainer.dl4j.device.Floats;
import io.millrace.trainer.dl4j.layers.MaxPoolingStage.Sliding;
import io.millrace.trainer.dl4j.parts.NetworkPart;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The maximum or mean of each window: of images along rows and columns, of series along time. A
 * mean counts only values inside the input.
 */
final class PoolingStage implements Stage {
  private final boolean mean;
  private final Sliding rows;
  private final Sliding columns;
  private final boolean flat;
  private final boolean first;

  private long[] inputShape;
  private int[] maxima;

  private PoolingStage(boolean mean, Sliding rows, Sliding columns, boolean flat, boolean first) {
    this.mean = mean;
    this.rows = rows;
    this.columns = columns;
    this.flat = flat;
    this.first = first;
  }

  /** Pooling over windows of an image. */
  static PoolingStage windows(boolean mean, Sliding rows, Sliding columns, boolean first) {
    return new PoolingStage(mean, rows, columns, false, first);
  }

  /** Pooling over windows of a series. */
  static PoolingStage windows(boolean mean, Sliding times, boolean first) {
    return new PoolingStage(mean, times, whole(1), false, first);
  }

  /** Pooling over all of an image or series as one window. */
  static PoolingStage global(boolean mean, NetworkPart part, boolean first) {
    List<Integer> in = part.input();
    return new PoolingStage(
        mean,
        whole(in.get(0)),
        whole(in.size() == 3 ? in.get(1) : 1),
        part.output().size() == 1,
        first);
  }

  private static Sliding whole(int size) {
    return Sliding.of(size, size, 1, Padding.VALID, 1);
  }

  /** The number of planes, and the number of adjacent values at each position of a plane. */
  private record Planes(int count, int inner) {
    static Planes of(INDArray input) {
      return input.rank() == 3
          ? new Planes(1, (int) (input.size(1) * input.size(2)))
          : new Planes((int) (input.size(0) * input.size(1)), 1);
    }
  }

  @Override
  public INDArray forward(INDArray input, Pass pass) {
    inputShape = input.shape();
    Planes planes = Planes.of(input);
    float[] values = Floats.read(input);
    float[] outputs = new float[planes.count * rows.output() * columns.output() * planes.inner];
    maxima = mean ? null : new int[outputs.length];
    if (mean && planes.inner == 1 && isWhole()) {
      means(values, outputs);
      return Floats.array(outputs, outputShape());
    }
    int to = 0;
    for (int p = 0; p < planes.count; p++) {
      for (int r = 0; r < rows.output(); r++) {
        for (int c = 0; c < columns.output(); c++) {
          for (int i = 0; i < planes.inner; i++) {
            outputs[to] = pool(values, planes, p, r, c, i, to);
            to++;
          }
        }
      }
    }
    return Floats.array(outputs, outputShape());
  }

  /** Whether there is one window, and it contains the whole plane. */
  private boolean isWhole() {
    return rows.output() * columns.output() == 1 && count(0, 0) == rows.input() * columns.input();
  }

  /**
   * The mean of each plane. Four planes are summed at a time as independent sums, so that the
   * processor can overlap them.
   */
  private void means(float[] values, float[] outputs) {
    int size = rows.input() * columns.input();
    int p = 0;
    for (; p + 3 < outputs.length; p += 4) {
      double a = 0;
      double b = 0;
      double c = 0;
      double d = 0;
      for (int at = p * size; at < (p + 1) * size; at++) {
        a += values[at];
        b += values[at + size];
        c += values[at + 2 * size];
        d += values[at + 3 * size];
      }
      outputs[p] = (float) (a / size);
      outputs[p + 1] = (float) (b / size);
      outputs[p + 2] = (float) (c / size);
      outputs[p + 3] = (float) (d / size);
    }
    for (; p < outputs.length; p++) {
      double sum = 0;
      for (int at = p * size; at < (p + 1) * size; at++) {
        sum += values[at];
      }
      outputs[p] = (float) (sum / size);
    }
  }

  private float pool(float[] values, Planes planes, int p, int r, int c, int i, int to) {
    double sum = 0;
    float max = Float.NEGATIVE_INFINITY;
    int best = -1;
    for (int y = rows.start(r); y < rows.end(r); y++) {
      for (int x = columns.start(c); x < columns.end(c); x++) {
        int at = ((p * rows.input() + y) * columns.input() + x) * planes.inner + i;
        float value = values[at];
        sum += value;
        // NaN wins, so that a diverged network is noticed.
        if (best < 0 || value > max || value != value) {
          max = value;
          best = at;
        }
      }
    }
    if (mean) {
      return (float) (sum / count(r, c));
    }
    maxima[to] = best;
    return max;
  }

  private int count(int r, int c) {
    return (rows.end(r) - rows.start(r)) * (columns.end(c) - columns.start(c));
  }

  private long[] outputShape() {
    if (inputShape.length == 3) {
      return flat
          ? new long[] {inputShape[1], inputShape[2]}
          : new long[] {rows.output(), inputShape[1], inputShape[2]};
    }
    return flat
        ? new long[] {inputShape[0], inputShape[1]}
        : new long[] {inputShape[0], inputShape[1], rows.output(), columns.output()};
  }

  @Override
  public INDArray backward(INDArray epsilon) {
    if (first) {
      return null;
    }
    float[] gradients = Floats.read(epsilon);
    float[] result = new float[(int) Arrays.stream(inputShape).reduce(1, (a, b) -> a * b)];
    if (mean && inner() == 1 && isWhole()) {
      int size = rows.input() * columns.input();
      for (int p = 0; p < gradients.length; p++) {
        Arrays.fill(result, p * size, (p + 1) * size, 0 + gradients[p] * (1f / size));
      }
    } else if (mean) {
      spread(gradients, result);
    } else {
      for (int i = 0; i < gradients.length; i++) {
        result[maxima[i]] += gradients[i];
      }
    }
    return Floats.array(result, inputShape);
  }

  private int inner() {
    return inputShape.length == 3 ? (int) (inputShape[1] * inputShape[2]) : 1;
  }

  private void spread(float[] gradients, float[] result) {
    int inner = inner();
    int planes = result.length / (rows.input() * columns.input() * inner);
    int from = 0;
    for (int p = 0; p < planes; p++) {
      for (int r = 0; r < rows.output(); r++) {
        for (int c = 0; c < columns.output(); c++) {
          float share = 1f / count(r, c);
          for (int y = rows.start(r); y < rows.end(r); y++) {
            for (int x = columns.start(c); x < columns.end(c); x++) {
              int at = ((p * rows.input() + y) * columns.input() + x) * inner;
              for (int i = 0; i < inner; i++) {
                result[at + i] += gradients[from + i] * share;
              }
            }
          }
          from += inner;
        }
      }
    }
  }

  @Override
  public void clear() {
    maxima = null;
  }
}
