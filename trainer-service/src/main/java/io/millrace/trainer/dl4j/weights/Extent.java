package io.millrace.trainer.dl4j.weights;

import java.util.List;

/**
 * A trainable variable's place among all parameters.
 *
 * @param start of its first number
 * @param length numbers
 */
public record Extent(long start, long length) {

  /** Those of the variables that gradients move, in their order. */
  public static List<Extent> trainable(List<WeightSlot> slots) {
    return slots.stream()
        .filter(slot -> slot.variable().weight().trainable())
        .map(slot -> new Extent(slot.start(), slot.variable().length()))
        .toList();
  }
}
