package io.millrace.trainer.dl4j.layers;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The layout of channels, Keras' last axis, in an array between stages: value {@code (o, c, i)} is
 * at {@code (o · count + c) · inner + i}.
 *
 * @param outer samples for images and flat values; time steps and samples for series
 * @param count channels, features or values
 * @param inner pixels of an image; else 1
 */
public record Channels(int outer, int count, int inner) {
  private static final int IMAGES = 4;

  static Channels of(INDArray array) {
    int length = Math.toIntExact(array.length());
    if (array.rank() == IMAGES) {
      int inner = (int) (array.size(2) * array.size(3));
      return new Channels((int) array.size(0), (int) array.size(1), inner);
    }
    int count = (int) array.size(array.rank() - 1);
    return new Channels(length / count, count, 1);
  }

  /** The number of values in a channel. */
  int each() {
    return outer * inner;
  }

  public int at(int o, int c, int i) {
    return (o * count + c) * inner + i;
  }
}
