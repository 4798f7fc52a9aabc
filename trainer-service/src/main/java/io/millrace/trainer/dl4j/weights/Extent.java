package io.millrace.trainer.dl4j.weights;

import java.util.List;

/**
 * A trainable variable's range among all parameters.
 *
 * @param start index of its first number
 * @param length number of numbers
 */
public record Extent(long start, long length) {

  /** The ranges of the variables that gradients change, in order. */
  public static List<Extent> trainable(List<WeightSlot> slots) {
    return slots.stream()
        .filter(slot -> slot.variable().weight().trainable())
        .map(slot -> new Extent(slot.start(), slot.variable().length()))
        .toList();
  }
}
