package io.millrace.trainer.dl4j.layers;

import java.util.List;

/** Where the values of a sample are, counted in Keras' order, and in an array between stages. */
final class Places {
  private Places() {}

  static int values(List<Integer> shape) {
    return shape.stream().reduce(1, Math::multiplyExact);
  }

  /** The place along each axis of a value. */
  static int[] place(int index, List<Integer> shape) {
    int[] place = new int[shape.size()];
    for (int axis = place.length - 1; axis >= 0; axis--) {
      place[axis] = index % shape.get(axis);
      index /= shape.get(axis);
    }
    return place;
  }

  /** Of the value in a place; -1 where it lies outside. */
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

  /** Where a value, counted in Keras' order, of a sample lies in an array between stages. */
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
