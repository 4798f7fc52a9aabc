package io.millrace.contracts.network;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.Initializer;
import io.millrace.contracts.request.LayerWeight;

/** Initializers and constraints must fit the axes of Keras' shape of the weights they are for. */
final class WeightAxes {
  private static final int MATRIX = 2;
  private static final int ROW = 1;

  private WeightAxes() {}

  /**
   * @throws InvalidMessageException naming the layer's field, such as {@code
   *     kernel_constraint.axis}, where the weights have no such axis or an initializer needs others
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
              ? "identity is for weights of two axes, and these have " + axes
              : "orthogonal is for weights of two axes or more, and these have one");
    }
    if (weight.constraint() == null) {
      return;
    }
    for (int axis : weight.constraint().axes()) {
      if (axis >= axes) {
        throw new InvalidMessageException(
            weight.field() + "_constraint.axis",
            axis
                + " is not there: these weights have "
                + (axes == ROW ? "one axis; give 0" : axes + " axes; give 0.." + (axes - 1)));
      }
    }
  }
}
