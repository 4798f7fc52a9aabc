package io.millrace.contracts.network;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.Activation;
import io.millrace.contracts.request.IntPair;
import io.millrace.contracts.request.LayerSpec;
import io.millrace.contracts.request.MergeMode;
import io.millrace.contracts.request.Padding;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What a layer makes of a shape, by Keras' rules. */
final class LayerShapes {
  private static final int IMAGE_RANK = 3;
  private static final int SERIES_RANK = 2;

  private static final int MAX_CHANNELS = 4_096;

  /** Orthogonal weights take time with the third power of the units: minutes at this many. */
  private static final int MAX_RECURRENT_UNITS = 2_048;

  /**
   * Activations whose slope follows from their value, which is all that a recurrent layer keeps.
   */
  private static final Set<Activation> RECURRENT =
      EnumSet.of(
          Activation.LINEAR,
          Activation.RELU,
          Activation.SIGMOID,
          Activation.TANH,
          Activation.ELU,
          Activation.SELU,
          Activation.SOFTPLUS,
          Activation.SOFTSIGN,
          Activation.HARD_SIGMOID,
          Activation.HARD_SIGMOID_KERAS2,
          Activation.LEAKY_RELU,
          Activation.RELU6,
          Activation.EXPONENTIAL,
          Activation.CELU,
          Activation.HARD_TANH);

  private LayerShapes() {}

  /**
   * The shape of a layer's output for one sample.
   *
   * @throws InvalidMessageException naming the layer's field, where the input does not fit
   */
  static List<Integer> output(LayerSpec layer, List<Integer> input) {
    if (layer instanceof LayerSpec.Flatten) {
      return List.of(Math.toIntExact(values(input)));
    }
    if (layer instanceof LayerSpec.Dense dense) {
      if (input.size() == IMAGE_RANK && dense.units() > MAX_CHANNELS) {
        throw new InvalidMessageException(
            "units", dense.units() + " are too many for an image's channels; give 1..4096");
      }
      return withLast(input, dense.units());
    }
    if (layer instanceof LayerSpec.TimeDistributed times) {
      return timeDistributed(times, input);
    }
    if (layer instanceof LayerSpec.Reshape reshape) {
      return reshaped(reshape.targetShape(), input);
    }
    if (layer instanceof LayerSpec.Permute permute) {
      return permuted(permute.dims(), input);
    }
    if (layer instanceof LayerSpec.RepeatVector repeat) {
      if (input.size() != 1) {
        throw wrongRank("RepeatVector takes a flat input [values]", input);
      }
      return List.of(repeat.n(), input.get(0));
    }
    if (layer instanceof LayerSpec.SpatialDropout1D
        || layer instanceof LayerSpec.SpatialDropout2D) {
      rank(layer, layer instanceof LayerSpec.SpatialDropout1D ? SERIES_RANK : IMAGE_RANK, input);
      return input;
    }
    List<Integer> windows = windows(layer, input);
    return windows != null ? windows : recurrent(layer, input);
  }

  /** Of layers with windows; null of others. */
  private static List<Integer> windows(LayerSpec layer, List<Integer> input) {
    if (layer instanceof LayerSpec.Conv2D conv) {
      images(layer, input);
      IntPair window = dilated(conv.kernelSize(), conv.dilationRate());
      return slide("kernel_size", window, conv.strides(), conv.padding(), input, conv.filters());
    }
    if (layer instanceof LayerSpec.SeparableConv2D conv) {
      images(layer, input);
      IntPair window = dilated(conv.kernelSize(), conv.dilationRate());
      int between = depthwise(input.get(2), conv.depthMultiplier());
      List<Integer> middle =
          slide("kernel_size", window, conv.strides(), conv.padding(), input, between);
      refuseAbove(NetworkPlan.MAX_VALUES, values(middle));
      return withLast(middle, conv.filters());
    }
    if (layer instanceof LayerSpec.DepthwiseConv2D conv) {
      images(layer, input);
      IntPair window = dilated(conv.kernelSize(), conv.dilationRate());
      int channels = depthwise(input.get(2), conv.depthMultiplier());
      return slide("kernel_size", window, conv.strides(), conv.padding(), input, channels);
    }
    if (layer instanceof LayerSpec.MaxPooling2D pool) {
      images(layer, input);
      return slide(
          "pool_size", pool.poolSize(), pool.strides(), pool.padding(), input, input.get(2));
    }
    if (layer instanceof LayerSpec.AveragePooling2D pool) {
      images(layer, input);
      return slide(
          "pool_size", pool.poolSize(), pool.strides(), pool.padding(), input, input.get(2));
    }
    if (layer instanceof LayerSpec.Conv1D conv) {
      series(layer, input);
      int window = (conv.kernelSize() - 1) * conv.dilationRate() + 1;
      return List.of(
          steps("kernel_size", -1, window, conv.strides(), conv.padding(), input), conv.filters());
    }
    if (layer instanceof LayerSpec.MaxPooling1D pool) {
      series(layer, input);
      int time = steps("pool_size", -1, pool.poolSize(), pool.strides(), pool.padding(), input);
      return List.of(time, input.get(1));
    }
    if (layer instanceof LayerSpec.AveragePooling1D pool) {
      series(layer, input);
      int time = steps("pool_size", -1, pool.poolSize(), pool.strides(), pool.padding(), input);
      return List.of(time, input.get(1));
    }
    if (layer instanceof LayerSpec.GlobalMaxPooling2D
        || layer instanceof LayerSpec.GlobalAveragePooling2D) {
      images(layer, input);
      return List.of(input.get(2));
    }
    if (layer instanceof LayerSpec.GlobalMaxPooling1D
        || layer instanceof LayerSpec.GlobalAveragePooling1D) {
      series(layer, input);
      return List.of(input.get(1));
    }
    if (layer instanceof LayerSpec.ZeroPadding2D padding) {
      images(layer, input);
      return List.of(
          input.get(0) + sum(padding.padding().rows()),
          input.get(1) + sum(padding.padding().columns()),
          input.get(2));
    }
    if (layer instanceof LayerSpec.ZeroPadding1D padding) {
      series(layer, input);
      return List.of(input.get(0) + sum(padding.padding()), input.get(1));
    }
    return null;
  }

  /** Of recurrent layers; of those that are left, the input's shape. */
  private static List<Integer> recurrent(LayerSpec layer, List<Integer> input) {
    if (layer instanceof LayerSpec.LSTM lstm) {
      refuse(layer, "recurrent_activation", lstm.recurrentActivation());
      return sequences(layer, lstm.units(), lstm.activation(), lstm.returnSequences(), input);
    }
    if (layer instanceof LayerSpec.GRU gru) {
      refuse(layer, "recurrent_activation", gru.recurrentActivation());
      return sequences(layer, gru.units(), gru.activation(), gru.returnSequences(), input);
    }
    if (layer instanceof LayerSpec.SimpleRNN rnn) {
      return sequences(layer, rnn.units(), rnn.activation(), rnn.returnSequences(), input);
    }
    if (layer instanceof LayerSpec.Bidirectional both) {
      try {
        List<Integer> one = output(both.layer(), input);
        int last = one.get(one.size() - 1);
        return withLast(one, both.mergeMode() == MergeMode.CONCAT ? 2 * last : last);
      } catch (InvalidMessageException e) {
        throw e.within("layer");
      }
    }
    return input;
  }

  private static List<Integer> sequences(
      LayerSpec layer, int units, Activation activation, boolean all, List<Integer> input) {
    series(layer, input);
    if (units > MAX_RECURRENT_UNITS) {
      throw new InvalidMessageException(
          "units",
          units
              + " are more than "
              + article(layer)
              + " may have here; give 1.."
              + MAX_RECURRENT_UNITS);
    }
    refuse(layer, "activation", activation);
    return all ? List.of(input.get(0), units) : List.of(units);
  }

  private static String article(LayerSpec layer) {
    return (layer instanceof LayerSpec.LSTM ? "an " : "a ") + layer.type();
  }

  private static List<Integer> timeDistributed(
      LayerSpec.TimeDistributed times, List<Integer> input) {
    series(times, input);
    LayerSpec inner = times.layer();
    boolean taken =
        inner instanceof LayerSpec.Dense
            || inner instanceof LayerSpec.ActivationLayer
            || inner instanceof LayerSpec.LeakyReLU
            || inner instanceof LayerSpec.ReLU
            || inner instanceof LayerSpec.ELU
            || inner instanceof LayerSpec.Softmax;
    if (!taken) {
      throw new InvalidMessageException(
          "layer",
          inner.type()
              + " is not supported at every time; give Dense, Activation, LeakyReLU, ReLU, ELU or"
              + " Softmax");
    }
    return output(inner, input);
  }

  private static List<Integer> reshaped(List<Integer> target, List<Integer> input) {
    long rest = values(input);
    int open = -1;
    for (int i = 0; i < target.size(); i++) {
      if (target.get(i) == -1) {
        if (open >= 0) {
          throw new InvalidMessageException("target_shape[" + i + "]", "is a second -1; give one");
        }
        open = i;
      } else if (rest % target.get(i) == 0) {
        rest /= target.get(i);
      } else {
        throw mismatch(target, input);
      }
    }
    if (open < 0 && rest != 1) {
      throw mismatch(target, input);
    }
    var shape = new ArrayList<>(target);
    if (open >= 0) {
      shape.set(open, Math.toIntExact(rest));
    }
    return shape;
  }

  private static InvalidMessageException mismatch(List<Integer> target, List<Integer> input) {
    return new InvalidMessageException(
        "target_shape",
        target + " does not hold the " + values(input) + " values of the input's shape " + input);
  }

  private static List<Integer> permuted(List<Integer> dims, List<Integer> input) {
    if (dims.size() != input.size()
        || dims.stream().distinct().count() != dims.size()
        || dims.stream().anyMatch(dim -> dim > input.size())) {
      throw new InvalidMessageException(
          "dims", dims + " are not the axes 1.." + input.size() + " of the input's shape " + input);
    }
    return dims.stream().map(dim -> input.get(dim - 1)).toList();
  }

  private static List<Integer> withLast(List<Integer> shape, int last) {
    var changed = new ArrayList<>(shape);
    changed.set(shape.size() - 1, last);
    return List.copyOf(changed);
  }

  private static long values(List<Integer> shape) {
    return shape.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
  }

  private static int sum(IntPair pair) {
    return pair.rows() + pair.columns();
  }

  /** The channels that a depthwise convolution makes of others. */
  private static int depthwise(int channels, int multiplier) {
    long made = (long) channels * multiplier;
    refuseAbove(NetworkPlan.MAX_VALUES, made);
    return (int) made;
  }

  private static void refuseAbove(long most, long values) {
    if (values > most) {
      throw new InvalidMessageException(
          "depth_multiplier",
          "makes " + values + " values of a sample; at most " + most + " are allowed");
    }
  }

  private static IntPair dilated(IntPair window, IntPair rate) {
    return new IntPair(
        (window.rows() - 1) * rate.rows() + 1, (window.columns() - 1) * rate.columns() + 1);
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

  /**
   * @param axis of an image; -1 for a series' time
   */
  private static int steps(
      String field, int axis, int window, int stride, Padding padding, List<Integer> input) {
    int size = input.get(Math.max(axis, 0));
    if (padding == Padding.SAME) {
      return (size + stride - 1) / stride;
    }
    if (window > size) {
      throw new InvalidMessageException(
          field + (axis < 0 ? "" : "[" + axis + "]"),
          window
              + " is more than the input's "
              + (axis < 0 ? "time" : axis == 0 ? "height" : "width")
              + " of "
              + size
              + " (its shape is "
              + input
              + "); give less, or padding same");
    }
    return (size - window) / stride + 1;
  }

  private static void images(LayerSpec layer, List<Integer> input) {
    rank(layer, IMAGE_RANK, input);
  }

  private static void series(LayerSpec layer, List<Integer> input) {
    rank(layer, SERIES_RANK, input);
  }

  private static void rank(LayerSpec layer, int rank, List<Integer> input) {
    if (input.size() != rank) {
      throw wrongRank(
          layer.type()
              + (rank == IMAGE_RANK
                  ? " takes images [height, width, channels]"
                  : " takes series [time, features]"),
          input);
    }
  }

  private static void refuse(LayerSpec layer, String field, Activation activation) {
    if (!RECURRENT.contains(activation)) {
      throw new InvalidMessageException(
          field, activation.json() + " is not there for " + layer.type());
    }
  }

  private static InvalidMessageException wrongRank(String expected, List<Integer> input) {
    return new InvalidMessageException("", expected + ", and its input has the shape " + input);
  }
}
