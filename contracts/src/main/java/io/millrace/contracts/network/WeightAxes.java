package io.millrace.contracts.network;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.Initializer;
import io.millrace.contracts.request.LayerWeight;

/** Checks that initializers and constraints fit the axes of their weights, in Keras' shape. */
final class WeightAxes {
  private static final int MATRIX = 2;
  private static final int ROW = 1;

  private WeightAxes() {}

  /**
   * @throws InvalidMessageException naming the layer's field, such as {@code
   *     kernel_constraint.axis}, if the weights do not have the axis or an initializer needs other
   *     axes
   */
  static void check(LayerWeight weight) {
    int axes = weight.shape().size();
    Initializer.Distribution distribution = weight.initializer().distribution();
    boolean fits =
        switch (distribution) {
          case ORTHOGONAL -> axes >= MATRIX;
          case IDENTITY -> axes == MATRIX;
          default -> true;
        };
    if (!fits) {
      throw new InvalidMessageException(
          weight.field() + "_initializer",
          distribution == Initializer.Distribution.IDENTITY
              ? "identity needs weights with 2 axes, but these have " + axes
              : "orthogonal needs weights with at least 2 axes, but these have 1");
    }
    if (weight.constraint() == null) {
      return;
    }
    for (int axis : weight.constraint().axes()) {
      if (axis >= axes) {
        throw new InvalidMessageException(
            weight.field() + "_constraint.axis",
            axis
                + " does not exist: these weights have "
                + (axes == ROW ? "1 axis; give 0" : axes + " axes; give 0.." + (axes - 1)));
      }
    }
  }
}
