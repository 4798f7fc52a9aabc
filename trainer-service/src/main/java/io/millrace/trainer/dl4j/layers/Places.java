package io.millrace.trainer.dl4j.layers;

import java.util.List;

/**
 * Converts between a sample's values in Keras' order and their index in an array between stages.
 */
final class Places {
  private Places() {}

  static int values(List<Integer> shape) {
    return shape.stream().reduce(1, Math::multiplyExact);
  }

  /** The position along each axis of a value. */
  static int[] place(int index, List<Integer> shape) {
    int[] place = new int[shape.size()];
    for (int axis = place.length - 1; axis >= 0; axis--) {
      place[axis] = index % shape.get(axis);
      index /= shape.get(axis);
    }
    return place;
  }

  /** The index of the value at a position; -1 if the position is outside. */
  static int index(int[] place, List<Integer> shape) {
    int index = 0;
    for (int axis = 0; axis < place.length; axis++) {
      if (place[axis] < 0 || place[axis] >= shape.get(axis)) {
        return -1;
      }
      index = index * shape.get(axis) + place[axis];
    }
    return index;
  }

  /** The index, in an array between stages, of a sample's value with an index in Keras' order. */
  static int at(int index, int sample, int batch, List<Integer> shape) {
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
  static long[] shape(long batch, List<Integer> sample) {
    return switch (sample.size()) {
      case 1 -> new long[] {batch, sample.get(0)};
      case 2 -> new long[] {sample.get(0), batch, sample.get(1)};
      default -> new long[] {batch, sample.get(2), sample.get(0), sample.get(1)};
    };
  }
}
