package io.millrace.trainer.dl4j.weights;

import io.millrace.trainer.dl4j.device.Residence;
import io.millrace.trainer.dl4j.parts.NetworkPart;
import io.millrace.trainer.dl4j.parts.Variable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * A variable's slot in a network's parameter vector.
 *
 * @param layer index of its layer in the plan
 * @param start index of its first number
 */
public record WeightSlot(int layer, Variable variable, long start) {

  private static final int SQUARE = 32;

  /** All variables of a network in the vector's order. */
  public static List<WeightSlot> of(List<NetworkPart> parts) {
    var slots = new ArrayList<WeightSlot>();
    long start = 0;
    for (NetworkPart part : parts) {
      for (Variable variable : Variable.of(part)) {
        slots.add(new WeightSlot(part.index(), variable, start));
        start += variable.length();
      }
    }
    return slots;
  }

  /** All variables layer by layer, each layer's in the order of Keras' {@code get_weights()}. */
  public static List<WeightSlot> inKerasOrder(List<WeightSlot> slots) {
    return slots.stream()
        .sorted(
            Comparator.comparingInt(WeightSlot::layer)
                .thenComparingInt(slot -> slot.variable().rank()))
        .toList();
  }

  /** A view of the variable's values, in the vector's order. */
  INDArray view(INDArray vector) {
    return vector.get(NDArrayIndex.interval(start, start + variable.length()));
  }

  /** The variable's values in Keras' order. */
  public float[] read(INDArray vector, Residence residence) {
    float[] stored = residence.read(view(vector));
    float[] values = new float[stored.length];
    int[] shape = variable.shape();
    int columns = shape.length == 0 ? 1 : shape[shape.length - 1];
    int rows = values.length / columns;
    // In squares: the two orders are mostly transposes of each other, so neighbours are far apart
    // in memory.
    for (int row = 0; row < rows; row += SQUARE) {
      for (int column = 0; column < columns; column += SQUARE) {
        for (int r = row; r < Math.min(rows, row + SQUARE); r++) {
          for (int c = column; c < Math.min(columns, column + SQUARE); c++) {
            int i = r * columns + c;
            values[i] = stored[variable.order().applyAsInt(i)];
          }
        }
      }
    }
    return values;
  }

  /** Replaces the variable's values by values in Keras' order. */
  public void write(float[] values, INDArray vector, Residence residence) {
    float[] stored = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      stored[variable.order().applyAsInt(i)] = values[i];
    }
    residence.write(stored, view(vector));
  }
}
