package io.millrace.trainer.dl4j.weights;

import io.millrace.contracts.request.Constraint;
import io.millrace.trainer.dl4j.device.Residence;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Applies a request's weight constraints after every step, as Keras does. */
public final class WeightConstraints {
  /** Keras' {@code keras.config.epsilon()}. */
  private static final double EPSILON = 1e-7;

  private final List<WeightSlot> slots;
  private final INDArray parameters;
  private final Residence residence;

  /**
   * @param parameters all of a network's parameters, as a vector
   */
  public WeightConstraints(List<WeightSlot> slots, INDArray parameters, Residence residence) {
    this.slots =
        slots.stream().filter(slot -> slot.variable().weight().constraint() != null).toList();
    this.parameters = parameters;
    this.residence = residence;
  }

  public void apply() {
    for (WeightSlot slot : slots) {
      float[] weights = slot.read(parameters, residence);
      apply(slot.variable().weight().constraint(), weights, slot.variable().shape());
      slot.write(weights, parameters, residence);
    }
  }

  /**
   * @param weights in row-major order; changed in place
   */
  public static void apply(Constraint constraint, float[] weights, int[] shape) {
    if (constraint.kind() == Constraint.Kind.NON_NEG) {
      for (int i = 0; i < weights.length; i++) {
        // NaN stays NaN, so that a diverged network is noticed.
        weights[i] = Math.max(weights[i], 0);
      }
      return;
    }
    double[] squares = new double[weights.length];
    for (int i = 0; i < weights.length; i++) {
      squares[group(i, shape, constraint.axes())] += (double) weights[i] * weights[i];
    }
    for (int i = 0; i < weights.length; i++) {
      double norm = Math.sqrt(squares[group(i, shape, constraint.axes())]);
      double desired =
          constraint.kind() == Constraint.Kind.UNIT_NORM
              ? 1
              : Math.min(norm, constraint.maxValue());
      weights[i] = (float) (weights[i] * desired / (EPSILON + norm));
    }
  }

  /** The first of the weights that share a norm with this one: its indices on the axes are 0. */
  private static int group(int index, int[] shape, List<Integer> axes) {
    int group = 0;
    int stride = 1;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      int place = index % shape[axis];
      index /= shape[axis];
      group += axes.contains(axis) ? 0 : place * stride;
      stride *= shape[axis];
    }
    return group;
  }
}
