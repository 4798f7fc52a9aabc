package io.millrace.trainer.dl4j;

import io.millrace.contracts.request.LayerSpec;
import io.millrace.contracts.request.Padding;
import io.millrace.contracts.request.PoolingSpec;
import io.millrace.trainer.dl4j.MaxPoolingStage.Sliding;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The maximum or the mean of each window: of images along rows and columns, of series along time. A
 * mean is of the values that lie inside.
 */
final class PoolingStage implements Stage {
  private final boolean mean;
  private final Sliding rows;
  private final Sliding columns;
  private final boolean global;
  private final boolean first;

  private long[] inputShape;
  private int[] maxima;

  private PoolingStage(boolean mean, Sliding rows, Sliding columns, boolean global, boolean first) {
    this.mean = mean;
    this.rows = rows;
    this.columns = columns;
    this.global = global;
    this.first = first;
  }

  /**
   * @return null where the layer does not pool
   */
  static PoolingStage of(Part part, boolean first) {
    LayerSpec spec = part.spec();
    List<Integer> in = part.input();
    List<Integer> out = part.output();
    if (spec instanceof PoolingSpec.AveragePooling2D pool) {
      Sliding rows =
          Sliding.of(
              in.get(0), pool.poolSize().rows(), pool.strides().rows(), pool.padding(), out.get(0));
      Sliding columns =
          Sliding.of(
              in.get(1),
              pool.poolSize().columns(),
              pool.strides().columns(),
              pool.padding(),
              out.get(1));
      return new PoolingStage(true, rows, columns, false, first);
    }
    if (spec instanceof PoolingSpec.MaxPooling1D pool) {
      Sliding rows =
          Sliding.of(in.get(0), pool.poolSize(), pool.strides(), pool.padding(), out.get(0));
      return new PoolingStage(false, rows, whole(1), false, first);
    }
    if (spec instanceof PoolingSpec.AveragePooling1D pool) {
      Sliding rows =
          Sliding.of(in.get(0), pool.poolSize(), pool.strides(), pool.padding(), out.get(0));
      return new PoolingStage(true, rows, whole(1), false, first);
    }
    if (spec instanceof PoolingSpec.GlobalMaxPooling2D
        || spec instanceof PoolingSpec.GlobalAveragePooling2D) {
      boolean mean = spec instanceof PoolingSpec.GlobalAveragePooling2D;
      return new PoolingStage(mean, whole(in.get(0)), whole(in.get(1)), true, first);
    }
    if (spec instanceof PoolingSpec.GlobalMaxPooling1D
        || spec instanceof PoolingSpec.GlobalAveragePooling1D) {
      boolean mean = spec instanceof PoolingSpec.GlobalAveragePooling1D;
      return new PoolingStage(mean, whole(in.get(0)), whole(1), true, first);
    }
    return null;
  }

  private static Sliding whole(int size) {
    return Sliding.of(size, size, 1, Padding.VALID, 1);
  }

  /** Planes, and values side by side in each place of a plane. */
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

  private float pool(float[] values, Planes planes, int p, int r, int c, int i, int to) {
    double sum = 0;
    float max = Float.NEGATIVE_INFINITY;
    int best = -1;
    for (int y = rows.start(r); y < rows.end(r); y++) {
      for (int x = columns.start(c); x < columns.end(c); x++) {
        int at = ((p * rows.input() + y) * columns.input() + x) * planes.inner + i;
        float value = values[at];
        sum += value;
        // A NaN wins: a diverged network must not look sound.
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
      return global
          ? new long[] {inputShape[1], inputShape[2]}
          : new long[] {rows.output(), inputShape[1], inputShape[2]};
    }
    return global
        ? new long[] {inputShape[0], inputShape[1]}
        : new long[] {inputShape[0], inputShape[1], rows.output(), columns.output()};
  }

  @Override
  public INDArray backward(INDArray epsilon) {
    if (first) {
      return null;
    }
    float[] gradients = Floats.read(epsilon);
    float[] result =
        new float[(int) java.util.Arrays.stream(inputShape).reduce(1, (a, b) -> a * b)];
    if (mean) {
      spread(gradients, result);
    } else {
      for (int i = 0; i < gradients.length; i++) {
        result[maxima[i]] += gradients[i];
      }
    }
    return Floats.array(result, inputShape);
  }

  private void spread(float[] gradients, float[] result) {
    int inner = inputShape.length == 3 ? (int) (inputShape[1] * inputShape[2]) : 1;
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
