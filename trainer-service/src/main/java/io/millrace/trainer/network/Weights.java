package io.millrace.trainer.network;

import java.util.List;
import java.util.function.Supplier;

/**
 * A variable of a network, as in Keras.
 *
 * @param name the layer's and the variable's name, {@code conv2d/kernel}
 * @param shape Keras' shape
 * @param values in row-major order, read on demand
 */
public record Weights(String name, List<Integer> shape, Supplier<float[]> values) {
  public Weights {
    shape = List.copyOf(shape);
  }
}
