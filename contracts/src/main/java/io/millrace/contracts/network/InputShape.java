package io.millrace.contracts.network;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.ModelSpec;
import java.util.List;

/**
 * The shape of a sample as the network's input. A Keras model defines its input shape. Samples of
 * another shape are reshaped like {@code numpy.reshape} if the shapes differ only in dimensions of
 * 1, or if one of them is flat: {@code [28, 28, 1]} to {@code [784]} or {@code [28, 28]}, {@code
 * [60, 1]} to {@code [60]} or {@code [1, 60]}.
 */
final class InputShape {
  /** Networks take rows, series and images. */
  private static final int MAX_RANK = 3;

  private InputShape() {}

  /**
   * @param sample the shape of the data set's samples
   * @throws InvalidMessageException if the samples cannot be reshaped to the model's input
   */
  static List<Integer> of(ModelSpec model, List<Integer> sample) {
    List<Integer> taken = model.inputShape();
    if (taken == null || taken.equals(sample)) {
      return sample;
    }
    if (!agree(taken, sample)) {
      throw new InvalidMessageException(
          "model.keras",
          "takes samples of shape " + taken + ", but the data set has samples of shape " + sample);
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
