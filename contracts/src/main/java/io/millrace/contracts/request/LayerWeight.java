package io.millrace.contracts.request;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Weights of a layer, as Keras has them.
 *
 * @param name Keras' own: {@code kernel}, {@code bias}, {@code gamma}; of a bidirectional layer
 *     with its direction before it
 * @param field how the layer's fields about them begin, such as {@code recurrent} of {@code
 *     recurrent_initializer}; of a layer within another, with its path
 * @param shape Keras' own
 * @param initializer how they start
 * @param regularizer null for none
 * @param constraint null for none
 * @param trainable whether gradients move them
 * @param inputAxes how many of the first axes are a unit's inputs, the others being its outputs; 0
 *     where the last axis but one is, and those before it are a window
 */
public record LayerWeight(
    String name,
    String field,
    List<Integer> shape,
    Initializer initializer,
    Regularizer regularizer,
    Constraint constraint,
    boolean trainable,
    int inputAxes) {
  public LayerWeight {
    shape = List.copyOf(shape);
  }

  LayerWeight(
      String name,
      String field,
      List<Integer> shape,
      Initializer initializer,
      Regularizer regularizer,
      Constraint constraint) {
    this(name, field, shape, initializer, regularizer, constraint, true, 0);
  }

  /** Weights whose fields begin with their name. */
  LayerWeight(
      String name,
      List<Integer> shape,
      Initializer initializer,
      Regularizer regularizer,
      Constraint constraint) {
    this(name, name, shape, initializer, regularizer, constraint);
  }

  /** A running statistic of each channel, which no gradient moves. */
  static LayerWeight statistic(String name, int channels, Initializer start) {
    return new LayerWeight(name, name, List.of(channels), start, null, null, false, 0);
  }

  /** A single number. */
  static LayerWeight number(String name, Initializer start) {
    return new LayerWeight(name, List.of(), start, null, null);
  }

  /** The weights that are not null: null stands for weights that a layer does not have. */
  static List<LayerWeight> list(LayerWeight... weights) {
    return Stream.of(weights).filter(Objects::nonNull).toList();
  }

  /** The same weights of a layer in the field {@code layer} of another one. */
  LayerWeight inner(String prefix) {
    return new LayerWeight(
        prefix + name,
        "layer." + field,
        shape,
        initializer,
        regularizer,
        constraint,
        trainable,
        inputAxes);
  }

  /** The same weights, not trained and, as in Keras, without penalties. */
  public LayerWeight held() {
    return new LayerWeight(name, field, shape, initializer, null, null, false, inputAxes);
  }

  /** The same weights, of units whose inputs and outputs may have several axes. */
  LayerWeight withInputAxes(int inputAxes) {
    return new LayerWeight(
        name, field, shape, initializer, regularizer, constraint, trainable, inputAxes);
  }

  /** Number of values. */
  public long count() {
    return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
  }
}
