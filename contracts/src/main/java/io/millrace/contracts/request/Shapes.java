package io.millrace.contracts.request;

import io.millrace.contracts.InvalidMessageException;
import java.util.ArrayList;
import java.util.List;

/** Arithmetic of the shapes of samples: images, series and flat values. */
final class Shapes {
  private static final int IMAGE_RANK = 3;
  private static final int SERIES_RANK = 2;

  private Shapes() {}

  /** Rejects a shape that is not {@code [height, width, channels]}. */
  static void images(LayerSpec layer, List<Integer> input) {
    if (input.size() != IMAGE_RANK) {
      throw wrongRank(layer.type() + " takes images [height, width, channels]", input);
    }
  }

  /** Rejects a shape that is not {@code [time, features]}. */
  static void series(LayerSpec layer, List<Integer> input) {
    if (input.size() != SERIES_RANK) {
      throw wrongRank(layer.type() + " takes series [time, features]", input);
    }
  }

  static InvalidMessageException wrongRank(String expected, List<Integer> input) {
    return new InvalidMessageException("", expected + ", but its input has the shape " + input);
  }

  static int last(List<Integer> shape) {
    return shape.get(shape.size() - 1);
  }

  static List<Integer> withLast(List<Integer> shape, int last) {
    var changed = new ArrayList<>(shape);
    changed.set(shape.size() - 1, last);
    return List.copyOf(changed);
  }

  static long values(List<Integer> shape) {
    return shape.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
  }

  /** The size that a transposed convolution makes of one, by Keras' rule. */
  static int spread(int size, int window, int stride, Padding padding) {
    int beyond = padding == Padding.SAME ? 0 : Math.max(window - stride, 0);
    return (int) Math.min((long) size * stride + beyond, LayerSpec.MAX_VALUES + 1L);
  }

  /** A size times a factor; a product that is too large is rejected as the layer's output. */
  static int times(int size, int factor) {
    return (int) Math.min((long) size * factor, LayerSpec.MAX_VALUES + 1L);
  }

  /** The channels that a depthwise convolution makes of others. */
  static int depthwise(int channels, int multiplier) {
    long made = (long) channels * multiplier;
    refuseDepthAbove(LayerSpec.MAX_VALUES, made);
    return (int) made;
  }

  static void refuseDepthAbove(long most, long values) {
    if (values > most) {
      throw new InvalidMessageException(
          "depth_multiplier",
          "makes " + values + " values of a sample; at most " + most + " are allowed");
    }
  }

  /** A window with the holes that it spans. */
  static IntPair dilated(IntPair window, IntPair rate) {
    return new IntPair(
        (window.rows() - 1) * rate.rows() + 1, (window.columns() - 1) * rate.columns() + 1);
  }

  /** Of a window that slides over an image. */
  static List<Integer> slide(
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

  /** The times of a window that slides over a series. */
  static int times(String field, int window, int stride, Padding padding, List<Integer> input) {
    return steps(field, -1, window, stride, padding, input);
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

  /**
   * What is left of a size.
   *
   * @param cropping what goes at its start and at its end
   */
  static int cropped(String field, String what, IntPair cropping, int size) {
    int left = size - cropping.rows() - cropping.columns();
    if (left < 1) {
      throw new InvalidMessageException(
          field,
          "["
              + cropping.rows()
              + ", "
              + cropping.columns()
              + "] leaves nothing of the input's "
              + what
              + " of "
              + size
              + "; give less");
    }
    return left;
  }

  /**
   * @param target sizes, one of which may be -1: what is left
   */
  static List<Integer> reshaped(List<Integer> target, List<Integer> input) {
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
}
