package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.field.Default;
import io.millrace.contracts.field.Describe;
import io.millrace.contracts.field.FieldRules;
import io.millrace.contracts.field.Range;
import java.util.List;

/**
 * Layers that bring values to a mean and a variance.
 *
 * @see <a href="https://keras.io/api/layers/normalization_layers/">Keras' layers of this family</a>
 */
public sealed interface NormalizationSpec extends LayerSpec {

  @Override
  default List<Integer> outputShape(List<Integer> input) {
    return input;
  }

  /**
   * Scales each channel (the last axis) to mean 0 and variance 1 over the batch, then multiplies by
   * gamma and adds beta; in evaluation it uses running statistics, which are part of the model
   * (Ioffe and Szegedy 2015).
   */
  @JsonTypeName("BatchNormalization")
  record BatchNormalization(
      String name,
      @Describe("Share of the running statistics that a step keeps.")
          @Range(min = 0, below = 1)
          @Default("0.99")
          Double momentum,
      @Describe("Added to the variance.") @Range(above = 0, max = 1) @Default("0.001")
          Double epsilon,
      @Describe("Whether beta is added.") @Default("true") Boolean center,
      @Describe("Whether values are multiplied by gamma.") @Default("true") Boolean scale,
      @Describe("Initial offsets (beta).") @Default("zeros") Initializer betaInitializer,
      @Describe("Initial factors (gamma).") @Default("ones") Initializer gammaInitializer,
      @Describe("Penalty on the offsets (beta). Default: none.") Regularizer betaRegularizer,
      @Describe("Penalty on the factors (gamma). Default: none.") Regularizer gammaRegularizer)
      implements NormalizationSpec {
    private static final FieldRules RULES = FieldRules.of(BatchNormalization.class);

    public BatchNormalization {
      RULES.check("name", name);
      momentum = RULES.check("momentum", momentum);
      epsilon = RULES.check("epsilon", epsilon);
      center = RULES.check("center", center);
      scale = RULES.check("scale", scale);
      betaInitializer = RULES.check("beta_initializer", betaInitializer);
      gammaInitializer = RULES.check("gamma_initializer", gammaInitializer);
    }

    @Override
    public List<LayerWeight> weights(List<Integer> input) {
      int channels = Shapes.last(input);
      return LayerWeight.list(
          scale
              ? new LayerWeight(
                  "gamma", List.of(channels), gammaInitializer, gammaRegularizer, null)
              : null,
          center
              ? new LayerWeight("beta", List.of(channels), betaInitializer, betaRegularizer, null)
              : null,
          LayerWeight.statistic("moving_mean", channels, Initializer.ZEROS),
          LayerWeight.statistic("moving_variance", channels, Initializer.ONES));
    }
  }

  /**
   * Scales the channels (the last axis) of each position to mean 0 and variance 1, then multiplies
   * by gamma and adds beta (Ba et al. 2016).
   */
  @JsonTypeName("LayerNormalization")
  record LayerNormalization(
      String name,
      @Describe("Added to the variance.") @Range(above = 0, max = 1) @Default("0.001")
          Double epsilon,
      @Describe("Whether beta is added.") @Default("true") Boolean center,
      @Describe("Whether values are multiplied by gamma.") @Default("true") Boolean scale,
      @Describe("Initial offsets (beta).") @Default("zeros") Initializer betaInitializer,
      @Describe("Initial factors (gamma).") @Default("ones") Initializer gammaInitializer,
      @Describe("Penalty on the offsets (beta). Default: none.") Regularizer betaRegularizer,
      @Describe("Penalty on the factors (gamma). Default: none.") Regularizer gammaRegularizer)
      implements NormalizationSpec {
    private static final FieldRules RULES = FieldRules.of(LayerNormalization.class);

    public LayerNormalization {
      RULES.check("name", name);
      epsilon = RULES.check("epsilon", epsilon);
      center = RULES.check("center", center);
      scale = RULES.check("scale", scale);
      betaInitializer = RULES.check("beta_initializer", betaInitializer);
      gammaInitializer = RULES.check("gamma_initializer", gammaInitializer);
    }

    @Override
    public List<LayerWeight> weights(List<Integer> input) {
      int channels = Shapes.last(input);
      return LayerWeight.list(
          scale
              ? new LayerWeight(
                  "gamma", List.of(channels), gammaInitializer, gammaRegularizer, null)
              : null,
          center
              ? new LayerWeight("beta", List.of(channels), betaInitializer, betaRegularizer, null)
              : null);
    }
  }

  /** Scales the channels (the last axis) of each position to length 1. */
  @JsonTypeName("UnitNormalization")
  record UnitNormalization(String name) implements NormalizationSpec {
    private static final FieldRules RULES = FieldRules.of(UnitNormalization.class);

    public UnitNormalization {
      RULES.check("name", name);
    }

    @Override
    public List<LayerWeight> weights(List<Integer> input) {
      return List.of();
    }
  }

  /**
   * Scales each group of a sample's channels (the last axis) to mean 0 and variance 1 over the
   * group and all positions, then multiplies by gamma and adds beta, by channel (Wu and He 2018).
   */
  @JsonTypeName("GroupNormalization")
  record GroupNormalization(
      String name,
      @Describe("Number of groups, a divisor of the number of channels; -1: one group per channel.")
          @Range(min = -1, max = 4_096)
          @Default("32")
          Integer groups,
      @Describe("Added to the variance.") @Range(above = 0, max = 1) @Default("0.001")
          Double epsilon,
      @Describe("Whether beta is added.") @Default("true") Boolean center,
      @Describe("Whether values are multiplied by gamma.") @Default("true") Boolean scale,
      @Describe("Initial offsets (beta).") @Default("zeros") Initializer betaInitializer,
      @Describe("Initial factors (gamma).") @Default("ones") Initializer gammaInitializer,
      @Describe("Penalty on the offsets (beta). Default: none.") Regularizer betaRegularizer,
      @Describe("Penalty on the factors (gamma). Default: none.") Regularizer gammaRegularizer)
      implements NormalizationSpec {
    private static final FieldRules RULES = FieldRules.of(GroupNormalization.class);

    public GroupNormalization {
      RULES.check("name", name);
      groups = RULES.check("groups", groups);
      if (groups == 0) {
        throw new InvalidMessageException("groups", "0 is out of range; give 1..4096 or -1");
      }
      epsilon = RULES.check("epsilon", epsilon);
      center = RULES.check("center", center);
      scale = RULES.check("scale", scale);
      betaInitializer = RULES.check("beta_initializer", betaInitializer);
      gammaInitializer = RULES.check("gamma_initializer", gammaInitializer);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      int channels = Shapes.last(input);
      if (groups > 0 && channels % groups != 0) {
        throw new InvalidMessageException(
            "groups",
            groups
                + " does not divide the "
                + channels
                + " channels of the input's shape "
                + input
                + "; give a divisor, or -1 for one group per channel");
      }
      return input;
    }

    @Override
    public List<LayerWeight> weights(List<Integer> input) {
      int channels = Shapes.last(input);
      return LayerWeight.list(
          scale
              ? new LayerWeight(
                  "gamma", List.of(channels), gammaInitializer, gammaRegularizer, null)
              : null,
          center
              ? new LayerWeight("beta", List.of(channels), betaInitializer, betaRegularizer, null)
              : null);
    }
  }
}
