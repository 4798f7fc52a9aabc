package io.millrace.trainer.dl4j.layers;

import io.millrace.trainer.dl4j.device.Floats;
import io.millrace.trainer.dl4j.parts.NetworkPart;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Rearranges values: each output value of a sample is one of its input values, or 0. */
final class GatherStage implements Stage {
  private final List<Integer> input;
  private final List<Integer> output;
  private final int[] sources;
  private final boolean first;

  /**
   * @param sources for each output value, in Keras' order, the index of its input value, in Keras'
   *     order; -1 for 0
   */
  private GatherStage(List<Integer> input, List<Integer> output, int[] sources, boolean first) {
    this.input = input;
    this.output = output;
    this.sources = sources;
    this.first = first;
  }

  /** All values in their order, in another shape. */
  static GatherStage inOrder(NetworkPart part, boolean first) {
    int[] sources = IntStream.range(0, Places.values(part.output())).toArray();
    return new GatherStage(part.input(), part.output(), sources, first);
  }

  /**
   * @param source maps an output position to an input position; positions outside are 0
   */
  static GatherStage of(NetworkPart part, boolean first, UnaryOperator<int[]> source) {
    int[] sources = new int[Places.values(part.output())];
    for (int i = 0; i < sources.length; i++) {
      sources[i] = Places.index(source.apply(Places.place(i, part.output())), part.input());
    }
    return new GatherStage(part.input(), part.output(), sources, first);
  }

  @Override
  public INDArray forward(INDArray values, Pass pass) {
    int batch = (int) values.size(values.rank() == 3 ? 1 : 0);
    float[] from = Floats.read(values);
    float[] to = new float[batch * sources.length];
    for (int b = 0; b < batch; b++) {
      for (int i = 0; i < sources.length; i++) {
        if (sources[i] >= 0) {
          to[Places.at(i, b, batch, output)] = from[Places.at(sources[i], b, batch, input)];
        }
      }
    }
    return Floats.array(to, Places.shape(batch, output));
  }

  @Override
  public INDArray backward(INDArray epsilon) {
    if (first) {
      return null;
    }
    int batch = (int) epsilon.size(epsilon.rank() == 3 ? 1 : 0);
    float[] from = Floats.read(epsilon);
    float[] to = new float[batch * Places.values(input)];
    for (int b = 0; b < batch; b++) {
      for (int i = 0; i < sources.length; i++) {
        if (sources[i] >= 0) {
          to[Places.at(sources[i], b, batch, input)] += from[Places.at(i, b, batch, output)];
        }
      }
    }
    return Floats.array(to, Places.shape(batch, input));
  }
}
