package io.millrace.trainer.dl4j.parts;

import io.millrace.contracts.request.ConvolutionSpec;
import io.millrace.contracts.request.CoreSpec;
import io.millrace.contracts.request.LayerSpec;
import io.millrace.contracts.request.LayerWeight;
import io.millrace.contracts.request.RecurrentSpec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * A layer's weights in Keras, and their order in Deeplearning4j's vector.
 *
 * @param weight as in Keras
 * @param order the index in the vector, from the variable's start, of the n-th value in Keras'
 *     row-major order
 * @param rank its index among the layer's weights in Keras' {@code get_weights()}
 */
public record Variable(LayerWeight weight, IntUnaryOperator order, int rank) {

  /** Keras' column block of each gate (input, forget, cell, output) in Deeplearning4j's LSTM. */
  private static final int[] LSTM_BLOCKS = {3, 1, 0, 2};

  /** A part's variables in the vector's order. */
  public static List<Variable> of(NetworkPart part) {
    var variables = new ArrayList<Variable>();
    for (LayerWeight weight : part.spec().weights(part.input())) {
      LayerWeight trained = part.trainable() ? weight : weight.held();
      variables.add(new Variable(trained, order(part, weight), variables.size()));
    }
    if (part.spec() instanceof ConvolutionSpec.Conv2D) {
      // Deeplearning4j stores the biases first.
      Collections.reverse(variables);
    }
    return variables;
  }

  /** Keras' order, except for stages that work on the arrays of Deeplearning4j's layers. */
  private static IntUnaryOperator order(NetworkPart part, LayerWeight weight) {
    LayerSpec spec = part.spec();
    if (spec instanceof RecurrentSpec.Bidirectional both) {
      spec = both.layer();
    }
    if (spec instanceof RecurrentSpec.LSTM lstm) {
      return lstm(lstm.units(), weight.shape());
    }
    if (spec instanceof ConvolutionSpec.Conv2D && weight.name().equals("kernel")) {
      return convolution(weight.shape());
    }
    if (spec instanceof CoreSpec.Dense && weight.name().equals("kernel")) {
      return dense(weight.shape(), part.flattened());
    }
    return i -> i;
  }

  /** Deeplearning4j stores kernels as {@code [out, in, rows, columns]}. */
  private static IntUnaryOperator convolution(List<Integer> shape) {
    int area = shape.get(0) * shape.get(1);
    int channels = shape.get(2);
    int filters = shape.get(3);
    return i -> {
      int filter = i % filters;
      int channel = i / filters % channels;
      return (filter * channels + channel) * area + i / filters / channels;
    };
  }

  /**
   * Deeplearning4j stores kernels column by column.
   *
   * @param image the image whose values are the rows, in the order of channels; null for none
   */
  private static IntUnaryOperator dense(List<Integer> shape, List<Integer> image) {
    int inputs = shape.get(0);
    int units = shape.get(1);
    IntUnaryOperator row =
        image == null
            ? i -> i
            : i -> i % image.get(2) * image.get(0) * image.get(1) + i / image.get(2);
    return i -> i % units * inputs + row.applyAsInt(i / units);
  }

  /** Deeplearning4j stores kernels column by column, and the gates in another order. */
  private static IntUnaryOperator lstm(int units, List<Integer> shape) {
    int rows = shape.size() == 1 ? 1 : shape.get(0);
    int width = 4 * units;
    return i -> {
      int column = i % width;
      int moved = LSTM_BLOCKS[column / units] * units + column % units;
      return moved * rows + i / width;
    };
  }

  public String name() {
    return weight.name();
  }

  public int[] shape() {
    return weight.shape().stream().mapToInt(Integer::intValue).toArray();
  }

  public int length() {
    return Math.toIntExact(weight.count());
  }
}
