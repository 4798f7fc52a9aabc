package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.field.Default;
import io.millrace.contracts.field.Describe;
import io.millrace.contracts.field.FieldRules;
import io.millrace.contracts.field.Range;
import io.millrace.contracts.field.Required;
import java.util.List;

/**
 * Layers whose output at each time of a series is a weighted mean over all times. They take one
 * series {@code [time, features]} and use it as query, value and key: self-attention.
 *
 * @see <a href="https://keras.io/api/layers/attention_layers/">Keras' layers of this family</a>
 */
public sealed interface AttentionSpec extends LayerSpec {

  /** Share of the attention weights dropped in training. */
  Double dropout();

  /** Number of weights between two time steps. */
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
              + " attention weights (heads · time · time) per sample, for an input of the shape "
              + input
              + "; at most "
              + MAX_VALUES
              + " are allowed: give a shorter series or fewer heads");
    }
    return input;
  }

  /** Whether Keras calls the layer with its query, value and key as separate inputs. */
  static boolean isType(String type) {
    return type.equals(LayerSpec.type(Attention.class))
        || type.equals(LayerSpec.type(MultiHeadAttention.class));
  }

  /**
   * {@code softmax(scores) x}, where the score of two times is the dot product of their features,
   * times a learned {@code scale} if there is one (Luong et al. 2015); or, in mode concat, {@code
   * concat_score_weight · sum(tanh(scale · (x_i + x_j)))}.
   */
  @JsonTypeName("Attention")
  record Attention(
      String name,
      @Describe("Whether the scores have a learned scale.") @Default("false") Boolean useScale,
      @Describe("How two time steps are scored.") @Default("dot") ScoreMode scoreMode,
      @Describe("Share of the attention weights dropped in training.")
          @Range(min = 0, below = 1)
          @Default("0")
          Double dropout)
      implements AttentionSpec {
    private static final FieldRules RULES = FieldRules.of(Attention.class);

    public Attention {
      RULES.check("name", name);
      useScale = RULES.check("use_scale", useScale);
      scoreMode = RULES.check("score_mode", scoreMode);
      dropout = RULES.check("dropout", dropout);
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
   */
  @JsonTypeName("MultiHeadAttention")
  record MultiHeadAttention(
      String name,
      @Describe(
              "Number of heads; num_heads times the square of the number of time steps is at"
                  + " most 268,435,456.")
          @Range(min = 1, max = 1_024)
          @Required
          Integer numHeads,
      @Describe("Width of a head's queries and keys.") @Range(min = 1, max = 4_096) @Required
          Integer keyDim,
      @Describe("Width of a head's values. Default: key_dim.") @Range(min = 1, max = 4_096)
          Integer valueDim,
      @Describe("Share of the attention weights dropped in training.")
          @Range(min = 0, below = 1)
          @Default("0")
          Double dropout,
      @Describe("Whether the four projections add biases.") @Default("true") Boolean useBias,
      @Describe("Initial kernels of the projections.") @Default("glorot_uniform")
          Initializer kernelInitializer,
      @Describe("Initial biases of the projections.") @Default("zeros") Initializer biasInitializer,
      @Describe("Penalty on each kernel. Default: none.") Regularizer kernelRegularizer,
      @Describe("Penalty on the biases of each projection. Default: none.")
          Regularizer biasRegularizer,
      @Describe("Constraint on each kernel, applied after every step. Default: none.")
          Constraint kernelConstraint,
      @Describe(
              "Constraint on the biases of each projection, applied after every step. Default:"
                  + " none.")
          Constraint biasConstraint)
      implements AttentionSpec {
    private static final FieldRules RULES = FieldRules.of(MultiHeadAttention.class);

    public MultiHeadAttention {
      RULES.check("name", name);
      numHeads = RULES.check("num_heads", numHeads);
      keyDim = RULES.check("key_dim", keyDim);
      valueDim = RULES.check("value_dim", Check.orElse(valueDim, keyDim));
      dropout = RULES.check("dropout", dropout);
      useBias = RULES.check("use_bias", useBias);
      kernelInitializer = RULES.check("kernel_initializer", kernelInitializer);
      biasInitializer = RULES.check("bias_initializer", biasInitializer);
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
