package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
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
   * Each channel (the last axis) to mean 0 and variance 1 over the batch, then times gamma plus
   * beta (Ioffe and Szegedy 2015); in evaluation by running statistics, which are part of the
   * model.
   *
   * @param momentum the share of the running statistics that a step keeps, 0 ≤ m &lt; 1; default
   *     0.99
   * @param epsilon added to the variance, above 0, at most 1; default 0.001
   * @param center whether beta is added; default true
   * @param scale whether gamma multiplies; default true
   * @param betaInitializer how offsets start; default {@code zeros}
   * @param gammaInitializer how factors start; default {@code ones}
   * @param betaRegularizer the penalty on offsets; default none
   * @param gammaRegularizer the penalty on factors; default none
   */
  @JsonTypeName("BatchNormalization")
  record BatchNormalization(
      String name,
      Double momentum,
      Double epsilon,
      Boolean center,
      Boolean scale,
      Initializer betaInitializer,
      Initializer gammaInitializer,
      Regularizer betaRegularizer,
      Regularizer gammaRegularizer)
      implements NormalizationSpec {
    public BatchNormalization {
      LayerFields.name(name);
      momentum = Check.below("momentum", Check.orElse(momentum, 0.99), 0, 1);
      epsilon = Check.positive("epsilon", Check.orElse(epsilon, 0.001), 1);
      center = Check.orElse(center, true);
      scale = Check.orElse(scale, true);
      betaInitializer = Check.orElse(betaInitializer, Initializer.ZEROS);
      gammaInitializer = Check.orElse(gammaInitializer, Initializer.ONES);
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
   * Each position's channels (the last axis) to mean 0 and variance 1, then times gamma plus beta
   * (Ba et al. 2016).
   *
   * @param epsilon added to the variance, above 0, at most 1; default 0.001
   * @param center whether beta is added; default true
   * @param scale whether gamma multiplies; default true
   * @param betaInitializer how offsets start; default {@code zeros}
   * @param gammaInitializer how factors start; default {@code ones}
   * @param betaRegularizer the penalty on offsets; default none
   * @param gammaRegularizer the penalty on factors; default none
   */
  @JsonTypeName("LayerNormalization")
  record LayerNormalization(
      String name,
      Double epsilon,
      Boolean center,
      Boolean scale,
      Initializer betaInitializer,
      Initializer gammaInitializer,
      Regularizer betaRegularizer,
      Regularizer gammaRegularizer)
      implements NormalizationSpec {
    public LayerNormalization {
      LayerFields.name(name);
      epsilon = Check.positive("epsilon", Check.orElse(epsilon, 0.001), 1);
      center = Check.orElse(center, true);
      scale = Check.orElse(scale, true);
      betaInitializer = Check.orElse(betaInitializer, Initializer.ZEROS);
      gammaInitializer = Check.orElse(gammaInitializer, Initializer.ONES);
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

  /** Each position's channels (the last axis) to length 1. */
  @JsonTypeName("UnitNormalization")
  record UnitNormalization(String name) implements NormalizationSpec {
    public UnitNormalization {
      LayerFields.name(name);
    }

    @Override
    public List<LayerWeight> weights(List<Integer> input) {
      return List.of();
    }
  }

  /**
   * Each group of a sample's channels (the last axis) to mean 0 and variance 1 over the group and
   * all positions, then times gamma plus beta by channel (Wu and He 2018).
   *
   * @param groups 1..4,096, which divides the channels, or -1: as many as channels; default 32
   * @param epsilon added to the variance, above 0, at most 1; default 0.001
   * @param center whether beta is added; default true
   * @param scale whether gamma multiplies; default true
   * @param betaInitializer how offsets start; default {@code zeros}
   * @param gammaInitializer how factors start; default {@code ones}
   * @param betaRegularizer the penalty on offsets; default none
   * @param gammaRegularizer the penalty on factors; default none
   */
  @JsonTypeName("GroupNormalization")
  record GroupNormalization(
      String name,
      Integer groups,
      Double epsilon,
      Boolean center,
      Boolean scale,
      Initializer betaInitializer,
      Initializer gammaInitializer,
      Regularizer betaRegularizer,
      Regularizer gammaRegularizer)
      implements NormalizationSpec {
    public GroupNormalization {
      LayerFields.name(name);
      groups = Check.range("groups", Check.orElse(groups, 32), -1, 4_096);
      if (groups == 0) {
        throw new InvalidMessageException("groups", "0 is no number of groups; give 1..4096 or -1");
      }
      epsilon = Check.positive("epsilon", Check.orElse(epsilon, 0.001), 1);
      center = Check.orElse(center, true);
      scale = Check.orElse(scale, true);
      betaInitializer = Check.orElse(betaInitializer, Initializer.ZEROS);
      gammaInitializer = Check.orElse(gammaInitializer, Initializer.ONES);
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
                + "; give a divisor, or -1 for one group a channel");
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
