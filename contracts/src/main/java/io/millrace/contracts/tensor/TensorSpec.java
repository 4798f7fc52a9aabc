package io.millrace.contracts.tensor;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.util.List;

/**
 * A tensor's name, element type and shape.
 *
 * @param name not {@code __metadata__}
 * @param dtype the element type
 * @param shape each dimension at least 0; empty for a scalar
 */
public record TensorSpec(String name, DType dtype, List<Integer> shape) {
  public TensorSpec {
    shape = List.copyOf(shape);
    long bytes = dtype.bytes();
    for (int dimension : shape) {
      if (dimension < 0) {
        throw new InvalidMessageException(
            Check.cut(name) + ".shape", Check.cut(shape.toString()) + " has a negative dimension");
      }
      bytes *= dimension;
      if (bytes > Integer.MAX_VALUE) {
        throw new InvalidMessageException(
            Check.cut(name) + ".shape", Check.cut(shape.toString()) + " is larger than 2 GiB");
      }
    }
  }

  /** The number of elements. */
  public int elements() {
    return shape.stream().reduce(1, (a, b) -> a * b);
  }

  /** The size in bytes. */
  public int bytes() {
    return elements() * dtype.bytes();
  }
}
