package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.util.List;

/**
 * Layers whose output at each time of a series is a weighted mean over all times. They take one
 * series {@code [time, features]} and use it as query, value and key: self-attention.
 *
 * @see <a href="https://keras.io/api/layers/attention_layers/">Keras' layers of this family</a>
 */
public sealed interface AttentionSpec extends LayerSpec {

  /** The share of the attention weights that is dropped in training. */
  Double dropout();

  /** How many weights each time has for another one. */
  int heads();

  @Override
  default List<Integer> outputShape(List<Integer> input) {
    Shapes.series(this, input);
    long time = input.get(0);
    if (heads() * time * time > MAX_VALUES) {
      throw new InvalidMessageException(
          "",
          type()
              + " has "
              + heads() * time * time
              + " attention weights (heads · time · time) of a sample, and its input has the shape "
              + input
              + "; at most "
              + MAX_VALUES
              + " are allowed: give a shorter series or fewer heads");
    }
    return input;
  }

  /** Whether a layer of Keras is called with its query, value and key apart. */
  static boolean isType(String type) {
    return type.equals(LayerSpec.type(Attention.class))
        || type.equals(LayerSpec.type(MultiHeadAttention.class));
  }

  /**
   * {@code softmax(scores) x}, where the score of two times is the dot product of their features,
   * times a learned {@code scale} if there is one (Luong et al. 2015); or, in mode concat, {@code
   * concat_score_weight · sum(tanh(scale · (x_i + x_j)))}.
   *
   * @param useScale whether there is a learned scale; default false
   * @param scoreMode default {@code dot}
   * @param dropout the share of the attention weights that is dropped in training, 0 ≤ d &lt; 1;
   *     default 0
   */
  @JsonTypeName("Attention")
  record Attention(String name, Boolean useScale, ScoreMode scoreMode, Double dropout)
      implements AttentionSpec {
    public Attention {
      LayerFields.name(name);
      useScale = Check.orElse(useScale, false);
      scoreMode = Check.orElse(scoreMode, ScoreMode.DOT);
      dropout = LayerFields.dropout(dropout);
    }

    @Override
    public int heads() {
      return 1;
    }

    @Override
    public List<LayerWeight> weights(List<Integer> input) {
      return LayerWeight.list(
          useScale ? LayerWeight.number("scale", Initializer.ONES) : null,
          scoreMode == ScoreMode.CONCAT
              ? LayerWeight.number("concat_score_weight", Initializer.ONES)
              : null);
    }
  }

  /**
   * Attention in several projections of the features at once (Vaswani et al. 2017): in each head
   * {@code softmax(q k' / sqrt(key_dim)) v}; the heads together are projected to the features.
   *
   * @param numHeads 1..1,024
   * @param keyDim 1..4,096: the width of a head's queries and keys
   * @param valueDim 1..4,096: the width of a head's values; default {@code key_dim}
   * @param dropout the share of the attention weights that is dropped in training, 0 ≤ d &lt; 1;
   *     default 0
   * @param useBias whether the four projections add biases; default true
   * @param kernelInitializer how the projections' kernels start; default {@code glorot_uniform}
   * @param biasInitializer how their biases start; default {@code zeros}
   * @param kernelRegularizer the penalty on each kernel; default none
   * @param biasRegularizer the penalty on each of the biases; default none
   * @param kernelConstraint what each kernel is brought back to after every step; default none
   * @param biasConstraint what the biases are brought back to after every step; default none
   */
  @JsonTypeName("MultiHeadAttention")
  record MultiHeadAttention(
      String name,
      Integer numHeads,
      Integer keyDim,
      Integer valueDim,
      Double dropout,
      Boolean useBias,
      Initializer kernelInitializer,
      Initializer biasInitializer,
      Regularizer kernelRegularizer,
      Regularizer biasRegularizer,
      Constraint kernelConstraint,
      Constraint biasConstraint)
      implements AttentionSpec {
    public MultiHeadAttention {
      LayerFields.name(name);
      numHeads = Check.range("num_heads", numHeads, 1, 1_024);
      keyDim = Check.range("key_dim", keyDim, 1, 4_096);
      valueDim = Check.range("value_dim", Check.orElse(valueDim, keyDim), 1, 4_096);
      dropout = LayerFields.dropout(dropout);
      useBias = Check.orElse(useBias, true);
      kernelInitializer = Check.orElse(kernelInitializer, Initializer.GLOROT_UNIFORM);
      biasInitializer = Check.orElse(biasInitializer, Initializer.ZEROS);
    }

    @Override
    public int heads() {
      return numHeads;
    }

    @Override
    public List<LayerWeight> weights(List<Integer> input) {
      int features = Shapes.last(input);
      return LayerWeight.list(
          kernel("query", 1, features, numHeads, keyDim),
          bias("query", numHeads, keyDim),
          kernel("key", 1, features, numHeads, keyDim),
          bias("key", numHeads, keyDim),
          kernel("value", 1, features, numHeads, valueDim),
          bias("value", numHeads, valueDim),
          kernel("attention_output", 2, numHeads, valueDim, features),
          bias("attention_output", features));
    }

    private LayerWeight kernel(String projection, int inputAxes, Integer... shape) {
      return new LayerWeight(
              projection + "_kernel",
              "kernel",
              List.of(shape),
              kernelInitializer,
              kernelRegularizer,
              kernelConstraint)
          .withInputAxes(inputAxes);
    }

    private LayerWeight bias(String projection, Integer... shape) {
      return useBias
          ? new LayerWeight(
              projection + "_bias",
              "bias",
              List.of(shape),
              biasInitializer,
              biasRegularizer,
              biasConstraint)
          : null;
    }
  }
}
