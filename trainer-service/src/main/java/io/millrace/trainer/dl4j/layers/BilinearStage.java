package io.millrace.trainer.dl4j.layers;

import io.millrace.trainer.dl4j.device.Floats;
import io.millrace.trainer.dl4j.parts.NetworkPart;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Bilinear resizing: each pixel is the weighted mean of the four nearest input pixels, without
 * antialiasing. Positions are pixel centres, {@code (i + 0.5) from / to - 0.5}; beyond the
 * outermost centres the border's values continue.
 */
final class BilinearStage implements Stage {
  private final Axis rows;
  private final Axis columns;
  private final boolean first;

  /**
   * An axis of an image.
   *
   * @param from its input size
   * @param low for each output position, the input position before it
   * @param share the weight of the input position after {@code low}
   */
  private record Axis(int from, int[] low, float[] share) {
    static Axis of(int from, int to) {
      int[] low = new int[to];
      float[] share = new float[to];
      for (int i = 0; i < to; i++) {
        double place = Math.max(0, Math.min(from - 1, (i + 0.5) * from / to - 0.5));
        low[i] = (int) place;
        share[i] = (float) (place - low[i]);
      }
      return new Axis(from, low, share);
    }

    int to() {
      return low.length;
    }

    int high(int i) {
      return Math.min(low[i] + 1, from - 1);
    }
  }

  /**
   * @param first whether no earlier stage needs a gradient
   */
  BilinearStage(NetworkPart part, boolean first) {
    this.rows = Axis.of(part.input().get(0), part.output().get(0));
    this.columns = Axis.of(part.input().get(1), part.output().get(1));
    this.first = first;
  }

  /** Handles an output pixel and one of its four input pixels. */
  @FunctionalInterface
  private interface Tap {
    void at(int before, int behind, float weight);
  }

  private void taps(int planes, Tap tap) {
    for (int plane = 0; plane < planes; plane++) {
      for (int y = 0; y < rows.to(); y++) {
        int low = (plane * rows.from + rows.low[y]) * columns.from;
        int high = (plane * rows.from + rows.high(y)) * columns.from;
        float down = rows.share[y];
        for (int x = 0; x < columns.to(); x++) {
          int behind = (plane * rows.to() + y) * columns.to() + x;
          float right = columns.share[x];
          tap.at(low + columns.low[x], behind, (1 - down) * (1 - right));
          tap.at(low + columns.high(x), behind, (1 - down) * right);
          tap.at(high + columns.low[x], behind, down * (1 - right));
          tap.at(high + columns.high(x), behind, down * right);
        }
      }
    }
  }

  @Override
  public INDArray forward(INDArray input, Pass pass) {
    int planes = (int) (input.size(0) * input.size(1));
    float[] from = Floats.read(input);
    float[] to = new float[planes * rows.to() * columns.to()];
    taps(planes, (before, behind, weight) -> to[behind] += weight * from[before]);
    return Floats.array(to, input.size(0), input.size(1), rows.to(), columns.to());
  }

  @Override
  public INDArray backward(INDArray epsilon) {
    if (first) {
      return null;
    }
    int planes = (int) (epsilon.size(0) * epsilon.size(1));
    float[] from = Floats.read(epsilon);
    float[] to = new float[planes * rows.from * columns.from];
    taps(planes, (before, behind, weight) -> to[before] += weight * from[behind]);
    return Floats.array(to, epsilon.size(0), epsilon.size(1), rows.from, columns.from);
  }
}
