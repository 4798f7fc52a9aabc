package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.util.List;

/**
 * Keras' core layers that have weights.
 *
 * @see <a href="https://keras.io/api/layers/core_layers/">Keras' layers of this family</a>
 */
public sealed interface CoreSpec extends LayerSpec {

  /** The most channels that a layer may make of an image. */
  int MAX_CHANNELS = 4_096;

  /**
   * A densely connected layer over the last axis.
   *
   * @param units 1..65,536: outputs
   * @param activation default {@code linear}
   * @param useBias whether biases are added; default true
   * @param kernelInitializer how kernel weights start; default {@code glorot_uniform}
   * @param biasInitializer how biases start; default {@code zeros}
   * @param kernelRegularizer the penalty on kernel weights; default none
   * @param biasRegularizer the penalty on biases; default none
   * @param kernelConstraint what kernel weights are brought back to after every step; default none
   * @param biasConstraint what biases are brought back to after every step; default none
   */
  @JsonTypeName("Dense")
  record Dense(
      String name,
      Integer units,
      Activation activation,
      Boolean useBias,
      Initializer kernelInitializer,
      Initializer biasInitializer,
      Regularizer kernelRegularizer,
      Regularizer biasRegularizer,
      Constraint kernelConstraint,
      Constraint biasConstraint)
      implements CoreSpec {
    public Dense {
      LayerFields.name(name);
      units = Check.range("units", units, 1, 65_536);
      activation = Check.orElse(activation, Activation.LINEAR);
      useBias = Check.orElse(useBias, true);
      kernelInitializer = Check.orElse(kernelInitializer, Initializer.GLOROT_UNIFORM);
      biasInitializer = Check.orElse(biasInitializer, Initializer.ZEROS);
    }

    /** With neither regularization nor constraints, and the default initializers. */
    public Dense(String name, Integer units, Activation activation, Boolean useBias) {
      this(name, units, activation, useBias, null, null, null, null, null, null);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      if (input.size() == 3 && units > MAX_CHANNELS) {
        throw new InvalidMessageException(
            "units", units + " are too many for an image's channels; give 1.." + MAX_CHANNELS);
      }
      return Shapes.withLast(input, units);
    }

    @Override
    public List<LayerWeight> weights(List<Integer> input) {
      return LayerWeight.list(
          new LayerWeight(
              "kernel",
              List.of(Shapes.last(input), units),
              kernelInitializer,
              kernelRegularizer,
              kernelConstraint),
          useBias
              ? new LayerWeight(
                  "bias", List.of(units), biasInitializer, biasRegularizer, biasConstraint)
              : null);
    }
  }
}
