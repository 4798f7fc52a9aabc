package io.millrace.trainer.network;

import java.util.List;
import java.util.function.Supplier;

/**
 * A variable of a network, as Keras has it.
 *
 * @param name its layer's and its own, {@code conv2d/kernel}
 * @param shape Keras' own
 * @param values in row-major order, read when they are asked for
 */
public record Weights(String name, List<Integer> shape, Supplier<float[]> values) {
  public Weights {
    shape = List.copyOf(shape);
  }
}
