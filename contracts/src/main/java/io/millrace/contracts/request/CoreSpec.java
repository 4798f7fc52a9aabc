package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.util.List;

/**
 * Keras' core layers: those that have weights, and Masking.
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

  /**
   * A learned vector for each whole number: {@code [batch, values]} to {@code [batch, values,
   * output_dim]}. Inputs are cut to whole numbers, as Keras does; one that is not within {@code
   * 0..input_dim - 1} ends the run.
   *
   * @param inputDim 1..1,000,000: how many numbers have a vector
   * @param outputDim 1..4,096: the vectors' length
   * @param embeddingsInitializer how vectors start; default {@code random_uniform}
   * @param embeddingsRegularizer the penalty on vectors; default none
   * @param embeddingsConstraint what vectors are brought back to after every step; default none
   * @param maskZero whether times of the number 0 are masked, see {@link Masking}; null, the
   *     default, is false
   */
  @JsonTypeName("Embedding")
  record Embedding(
      String name,
      Integer inputDim,
      Integer outputDim,
      Initializer embeddingsInitializer,
      Regularizer embeddingsRegularizer,
      Constraint embeddingsConstraint,
      Boolean maskZero)
      implements CoreSpec {
    public Embedding {
      LayerFields.name(name);
      inputDim = Check.range("input_dim", inputDim, 1, 1_000_000);
      outputDim = Check.range("output_dim", outputDim, 1, MAX_CHANNELS);
      embeddingsInitializer = Check.orElse(embeddingsInitializer, Initializer.RANDOM_UNIFORM);
      maskZero = Boolean.TRUE.equals(maskZero) ? true : null;
    }

    /** Whether it masks times. */
    public boolean masks() {
      return maskZero != null;
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      if (input.size() != 1) {
        throw Shapes.wrongRank(
            "Embedding takes a flat input [values] of whole numbers; put a Flatten before it",
            input);
      }
      return List.of(input.get(0), outputDim);
    }

    @Override
    public List<LayerWeight> weights(List<Integer> input) {
      return List.of(
          new LayerWeight(
              "embeddings",
              List.of(inputDim, outputDim),
              embeddingsInitializer,
              embeddingsRegularizer,
              embeddingsConstraint));
    }
  }

  /**
   * Masks the times of a series at which all values are {@code mask_value}: they become 0, and
   * layers behind it that heed masks leave them out. A recurrent layer keeps its state and its
   * output there, a GlobalAveragePooling1D takes the mean of the other times.
   *
   * @param maskValue -1e9..1e9, compared in single precision; default 0
   */
  @JsonTypeName("Masking")
  record Masking(String name, Double maskValue) implements CoreSpec {
    public Masking {
      LayerFields.name(name);
      maskValue = Check.range("mask_value", Check.orElse(maskValue, 0.0), -1e9, 1e9);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      Shapes.series(this, input);
      return input;
    }

    @Override
    public List<LayerWeight> weights(List<Integer> input) {
      return List.of();
    }
  }
}
