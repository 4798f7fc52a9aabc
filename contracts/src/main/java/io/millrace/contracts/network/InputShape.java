package io.millrace.contracts.network;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.ModelSpec;
import java.util.List;

/**
 * The shape in which samples go into a network. A Keras model says which it takes; samples of
 * another shape are reshaped, as {@code numpy.reshape} does, where nothing but ones and the
 * flattening is different: {@code [28, 28, 1]} to {@code [784]} or {@code [28, 28]}, {@code [60,
 * 1]} to {@code [60]} or {@code [1, 60]}.
 */
final class InputShape {
  /** Networks take values, series and images. */
  private static final int MAX_RANK = 3;

  private InputShape() {}

  /**
   * @param sample the shape of the data set's samples
   * @throws InvalidMessageException where the model takes others
   */
  static List<Integer> of(ModelSpec model, List<Integer> sample) {
    List<Integer> taken = model.inputShape();
    if (taken == null || taken.equals(sample)) {
      return sample;
    }
    if (!agree(taken, sample)) {
      throw new InvalidMessageException(
          "model.keras",
          "takes samples of the shape " + taken + ", but the data set's have " + sample);
    }
    return taken;
  }

  private static boolean agree(List<Integer> taken, List<Integer> sample) {
    List<Integer> a = withoutOnes(taken);
    List<Integer> b = withoutOnes(sample);
    boolean isFlat = a.size() <= 1 || b.size() <= 1;
    return taken.size() <= MAX_RANK
        && !taken.isEmpty()
        && (a.equals(b) || isFlat && values(a) == values(b));
  }

  private static List<Integer> withoutOnes(List<Integer> shape) {
    return shape.stream().filter(size -> size != 1).toList();
  }

  private static long values(List<Integer> shape) {
    return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
  }
}
