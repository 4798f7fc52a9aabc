package io.millrace.trainer.model;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.Activation;
import io.millrace.contracts.request.IntPair;
import io.millrace.contracts.request.LayerSpec;
import io.millrace.contracts.request.Padding;
import java.util.List;

/** What a layer makes of a shape, and how many parameters it has, by Keras' rules. */
final class LayerShapes {
  private static final int IMAGE_RANK = 3;
  private static final int SERIES_RANK = 2;

  /** Orthogonal weights take time with the third power of the units: minutes at this many. */
  private static final int MAX_LSTM_UNITS = 2_048;

  private LayerShapes() {}

  /**
   * The shape of a layer's output for one sample.
   *
   * @throws InvalidMessageException naming the layer's field, where the input does not fit
   */
  static List<Integer> output(LayerSpec layer, List<Integer> input) {
    if (layer instanceof LayerSpec.Conv2D conv) {
      images(layer, input);
      if (conv.activation() == Activation.SOFTMAX) {
        throw new InvalidMessageException("activation", "softmax is not there for Conv2D");
      }
      refuseGaps(conv.kernelSize(), conv.strides(), conv.padding(), input);
      return slide(
          "kernel_size", conv.kernelSize(), conv.strides(), conv.padding(), input, conv.filters());
    }
    if (layer instanceof LayerSpec.MaxPooling2D pool) {
      images(layer, input);
      return slide(
          "pool_size", pool.poolSize(), pool.strides(), pool.padding(), input, input.get(2));
    }
    if (layer instanceof LayerSpec.AveragePooling2D pool) {
      images(layer, input);
      refuseGaps(pool.poolSize(), pool.strides(), pool.padding(), input);
      return slide(
          "pool_size", pool.poolSize(), pool.strides(), pool.padding(), input, input.get(2));
    }
    if (layer instanceof LayerSpec.Flatten) {
      return List.of(
          Math.toIntExact(input.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b)));
    }
    if (layer instanceof LayerSpec.Dense dense) {
      flat(input);
      return List.of(dense.units());
    }
    if (layer instanceof LayerSpec.LSTM lstm) {
      series(input);
      if (lstm.units() > MAX_LSTM_UNITS) {
        throw new InvalidMessageException(
            "units",
            lstm.units() + " are more than an LSTM may have here; give 1.." + MAX_LSTM_UNITS);
      }
      refuse("activation", lstm.activation());
      refuse("recurrent_activation", lstm.recurrentActivation());
      return lstm.returnSequences() ? List.of(input.get(0), lstm.units()) : List.of(lstm.units());
    }
    return input;
  }

  /** Trainable parameters: weights and biases. */
  static long parameters(LayerSpec layer, List<Integer> input) {
    if (layer instanceof LayerSpec.Conv2D conv) {
      long window = (long) conv.kernelSize().rows() * conv.kernelSize().columns() * input.get(2);
      return (window + (conv.useBias() ? 1 : 0)) * conv.filters();
    }
    if (layer instanceof LayerSpec.Dense dense) {
      return (input.get(0) + (dense.useBias() ? 1L : 0L)) * dense.units();
    }
    if (layer instanceof LayerSpec.LSTM lstm) {
      return 4L * lstm.units() * (input.get(1) + lstm.units() + 1L);
    }
    return 0;
  }

  private static List<Integer> slide(
      String field,
      IntPair window,
      IntPair strides,
      Padding padding,
      List<Integer> input,
      int channels) {
    return List.of(
        steps(field, 0, window.rows(), strides.rows(), padding, input),
        steps(field, 1, window.columns(), strides.columns(), padding, input),
        channels);
  }

  /** Deeplearning4j would compute a padding below zero. */
  private static void refuseGaps(
      IntPair window, IntPair strides, Padding padding, List<Integer> input) {
    for (int axis = 0; axis < 2 && padding == Padding.SAME; axis++) {
      int wide = axis == 0 ? window.rows() : window.columns();
      int stride = axis == 0 ? strides.rows() : strides.columns();
      int size = input.get(axis);
      if ((size - 1) / stride * stride + wide < size - 1) {
        throw new InvalidMessageException(
            "strides[" + axis + "]",
            stride + " leaves gaps that padding same does not allow here; give at most " + wide);
      }
    }
  }

  private static int steps(
      String field, int axis, int window, int stride, Padding padding, List<Integer> input) {
    int size = input.get(axis);
    if (padding == Padding.SAME) {
      return (size + stride - 1) / stride;
    }
    if (window > size) {
      throw new InvalidMessageException(
          field + "[" + axis + "]",
          window
              + " is more than the input's "
              + (axis == 0 ? "height" : "width")
              + " of "
              + size
              + " (its shape is "
              + input
              + "); give less, or padding same");
    }
    return (size - window) / stride + 1;
  }

  private static void images(LayerSpec layer, List<Integer> input) {
    if (input.size() != IMAGE_RANK) {
      throw wrongRank(layer.type() + " takes images [height, width, channels]", input);
    }
  }

  private static void series(List<Integer> input) {
    if (input.size() != SERIES_RANK) {
      throw wrongRank("LSTM takes series [time, features]", input);
    }
  }

  private static void flat(List<Integer> input) {
    if (input.size() == IMAGE_RANK) {
      throw wrongRank("Dense takes a flat input [values]; put a Flatten before it", input);
    }
    if (input.size() == SERIES_RANK) {
      throw wrongRank(
          "Dense takes a flat input [values]; give the LSTM before it return_sequences false, or"
              + " put a Flatten before it",
          input);
    }
  }

  /** Activations that an LSTM has not. */
  private static void refuse(String field, Activation activation) {
    if (activation == Activation.SOFTMAX || activation == Activation.SWISH) {
      throw new InvalidMessageException(field, activation.json() + " is not there for LSTM");
    }
  }

  private static InvalidMessageException wrongRank(String expected, List<Integer> input) {
    return new InvalidMessageException("", expected + ", and its input has the shape " + input);
  }
}
