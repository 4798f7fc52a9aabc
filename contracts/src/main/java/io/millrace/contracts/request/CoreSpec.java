package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.field.Default;
import io.millrace.contracts.field.Describe;
import io.millrace.contracts.field.FieldRules;
import io.millrace.contracts.field.Range;
import io.millrace.contracts.field.Required;
import java.util.List;

/**
 * Keras' core layers: those that have weights, and Masking.
 *
 * @see <a href="https://keras.io/api/layers/core_layers/">Keras' layers of this family</a>
 */
public sealed interface CoreSpec extends LayerSpec {

  /** The most channels that a layer may output for an image. */
  int MAX_CHANNELS = 4_096;

  /** A densely connected layer over the last axis. */
  @JsonTypeName("Dense")
  record Dense(
      String name,
      @Describe("Number of outputs.") @Range(min = 1, max = 65_536) @Required Integer units,
      @Describe("Activation function.") @Default("linear") Activation activation,
      @Describe("Whether biases are added.") @Default("true") Boolean useBias,
      @Describe("Initial kernel weights.") @Default("glorot_uniform") Initializer kernelInitializer,
      @Describe("Initial biases.") @Default("zeros") Initializer biasInitializer,
      @Describe("Penalty on the kernel weights. Default: none.") Regularizer kernelRegularizer,
      @Describe("Penalty on the biases. Default: none.") Regularizer biasRegularizer,
      @Describe("Constraint on the kernel weights, applied after every step. Default: none.")
          Constraint kernelConstraint,
      @Describe("Constraint on the biases, applied after every step. Default: none.")
          Constraint biasConstraint)
      implements CoreSpec {
    private static final FieldRules RULES = FieldRules.of(Dense.class);

    public Dense {
      RULES.check("name", name);
      units = RULES.check("units", units);
      activation = RULES.check("activation", activation);
      useBias = RULES.check("use_bias", useBias);
      kernelInitializer = RULES.check("kernel_initializer", kernelInitializer);
      biasInitializer = RULES.check("bias_initializer", biasInitializer);
    }

    /** With neither regularization nor constraints, and the default initializers. */
    public Dense(String name, Integer units, Activation activation, Boolean useBias) {
      this(name, units, activation, useBias, null, null, null, null, null, null);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      if (input.size() == 3 && units > MAX_CHANNELS) {
        throw new InvalidMessageException(
            "units", units + " is too many channels for an image; give 1.." + MAX_CHANNELS);
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
   * output_dim]}. Inputs are truncated to whole numbers, as in Keras; a number that is not within
   * {@code 0..input_dim - 1} ends the run.
   */
  @JsonTypeName("Embedding")
  record Embedding(
      String name,
      @Describe("Number of vectors: one for each integer from 0 to input_dim - 1.")
          @Range(min = 1, max = 1_000_000)
          @Required
          Integer inputDim,
      @Describe("Length of a vector.") @Range(min = 1, max = 4_096) @Required Integer outputDim,
      @Describe("Initial vectors.") @Default("random_uniform") Initializer embeddingsInitializer,
      @Describe("Penalty on the vectors. Default: none.") Regularizer embeddingsRegularizer,
      @Describe("Constraint on the vectors, applied after every step. Default: none.")
          Constraint embeddingsConstraint,
      @Describe("Whether time steps with the number 0 are masked, as by Masking. Default: false.")
          Boolean maskZero)
      implements CoreSpec {
    private static final FieldRules RULES = FieldRules.of(Embedding.class);

    public Embedding {
      RULES.check("name", name);
      inputDim = RULES.check("input_dim", inputDim);
      outputDim = RULES.check("output_dim", outputDim);
      embeddingsInitializer = RULES.check("embeddings_initializer", embeddingsInitializer);
      maskZero = Boolean.TRUE.equals(maskZero) ? true : null;
    }

    /** Whether the layer masks time steps. */
    public boolean masks() {
      return maskZero != null;
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      if (input.size() != 1) {
        throw Shapes.wrongRank(
            "Embedding takes a flat input [values] of integers; put a Flatten before it", input);
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
   * Masks the time steps of a series at which all values are {@code mask_value}: the values become
   * 0, and layers after it that use masks leave them out. A recurrent layer keeps its state and
   * output there; a GlobalAveragePooling1D takes the mean of the other time steps.
   */
  @JsonTypeName("Masking")
  record Masking(
      String name,
      @Describe("The masked value, compared in single precision.")
          @Range(min = -1e9, max = 1e9)
          @Default("0")
          Double maskValue)
      implements CoreSpec {
    private static final FieldRules RULES = FieldRules.of(Masking.class);

    public Masking {
      RULES.check("name", name);
      maskValue = RULES.check("mask_value", maskValue);
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
