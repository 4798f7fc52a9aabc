package io.millrace.trainer.dl4j;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Values in another place: each value of a sample's output is one of its input, or 0. */
final class GatherStage implements Stage {
  private final List<Integer> input;
  private final List<Integer> output;
  private final int[] sources;
  private final boolean first;

  /**
   * @param sources for each value of the output, in Keras' order, the place of its value in the
   *     input, in Keras' order; -1 for 0
   */
  private GatherStage(List<Integer> input, List<Integer> output, int[] sources, boolean first) {
    this.input = input;
    this.output = output;
    this.sources = sources;
    this.first = first;
  }

  /** All values, in their order, in another shape. */
  static GatherStage inOrder(Part part, boolean first) {
    int[] sources = IntStream.range(0, count(part.output())).toArray();
    return new GatherStage(part.input(), part.output(), sources, first);
  }

  /**
   * @param source the place in the input of a place in the output; what lies outside is 0
   */
  static GatherStage of(Part part, boolean first, UnaryOperator<int[]> source) {
    int[] sources = new int[count(part.output())];
    for (int i = 0; i < sources.length; i++) {
      sources[i] = index(source.apply(place(i, part.output())), part.input());
    }
    return new GatherStage(part.input(), part.output(), sources, first);
  }

  private static int count(List<Integer> shape) {
    return shape.stream().reduce(1, Math::multiplyExact);
  }

  private static int[] place(int index, List<Integer> shape) {
    int[] place = new int[shape.size()];
    for (int axis = place.length - 1; axis >= 0; axis--) {
      place[axis] = index % shape.get(axis);
      index /= shape.get(axis);
    }
    return place;
  }

  private static int index(int[] place, List<Integer> shape) {
    int index = 0;
    for (int axis = 0; axis < place.length; axis++) {
      if (place[axis] < 0 || place[axis] >= shape.get(axis)) {
        return -1;
      }
      index = index * shape.get(axis) + place[axis];
    }
    return index;
  }

  @Override
  public INDArray forward(INDArray values, Pass pass) {
    int batch = (int) values.size(values.rank() == 3 ? 1 : 0);
    float[] from = Floats.read(values);
    float[] to = new float[batch * sources.length];
    for (int b = 0; b < batch; b++) {
      for (int i = 0; i < sources.length; i++) {
        if (sources[i] >= 0) {
          to[at(i, b, batch, output)] = from[at(sources[i], b, batch, input)];
        }
      }
    }
    return Floats.array(to, shape(batch, output));
  }

  @Override
  public INDArray backward(INDArray epsilon) {
    if (first) {
      return null;
    }
    int batch = (int) epsilon.size(epsilon.rank() == 3 ? 1 : 0);
    float[] from = Floats.read(epsilon);
    float[] to = new float[batch * count(input)];
    for (int b = 0; b < batch; b++) {
      for (int i = 0; i < sources.length; i++) {
        if (sources[i] >= 0) {
          to[at(sources[i], b, batch, input)] += from[at(i, b, batch, output)];
        }
      }
    }
    return Floats.array(to, shape(batch, input));
  }

  /** Where a value, counted in Keras' order, of a sample lies in an array between stages. */
  private static int at(int index, int sample, int batch, List<Integer> shape) {
    if (shape.size() == 3) {
      int channels = shape.get(2);
      int pixels = shape.get(0) * shape.get(1);
      return (sample * channels + index % channels) * pixels + index / channels;
    }
    if (shape.size() == 2) {
      int features = shape.get(1);
      return (index / features * batch + sample) * features + index % features;
    }
    return sample * shape.get(0) + index;
  }

  /** The shape of an array between stages. */
  private static long[] shape(long batch, List<Integer> sample) {
    return switch (sample.size()) {
      case 1 -> new long[] {batch, sample.get(0)};
      case 2 -> new long[] {sample.get(0), batch, sample.get(1)};
      default -> new long[] {batch, sample.get(2), sample.get(0), sample.get(1)};
    };
  }
}
