package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.field.Default;
import io.millrace.contracts.field.Describe;
import io.millrace.contracts.field.FieldRules;
import io.millrace.contracts.field.Range;
import io.millrace.contracts.field.Required;
import io.millrace.contracts.field.Size;
import java.util.ArrayList;
import java.util.List;

/**
 * Activations as layers of their own: the shape stays.
 *
 * @see <a href="https://keras.io/api/layers/activation_layers/">Keras' layers of this family</a>
 */
public sealed interface ActivationSpec extends LayerSpec {

  @Override
  default List<Integer> outputShape(List<Integer> input) {
    return input;
  }

  @Override
  default List<LayerWeight> weights(List<Integer> input) {
    return List.of();
  }

  /** An activation as a layer of its own. */
  @JsonTypeName("Activation")
  record ActivationLayer(String name, @Describe("The function.") @Required Activation activation)
      implements ActivationSpec {
    private static final FieldRules RULES = FieldRules.of(ActivationLayer.class);

    public ActivationLayer {
      RULES.check("name", name);
      activation = RULES.check("activation", activation);
    }
  }

  /** {@code x} above 0, {@code negative_slope x} below. */
  @JsonTypeName("LeakyReLU")
  record LeakyReLU(
      String name,
      @Describe("Slope below 0.") @Range(min = 0, max = 1_000) @Default("0.3") Double negativeSlope)
      implements ActivationSpec {
    private static final FieldRules RULES = FieldRules.of(LeakyReLU.class);

    public LeakyReLU {
      RULES.check("name", name);
      negativeSlope = RULES.check("negative_slope", negativeSlope);
    }
  }

  /**
   * {@code x} above the threshold, {@code negative_slope (x - threshold)} below, and at most {@code
   * max_value}.
   */
  @JsonTypeName("ReLU")
  record ReLU(
      String name,
      @Describe("Largest output. Default: no limit.") @Range(min = 0, max = 1e6) Double maxValue,
      @Describe("Slope below the threshold.") @Range(min = 0, max = 1_000) @Default("0")
          Double negativeSlope,
      @Describe("Values above it pass unchanged.") @Range(min = 0, max = 1e6) @Default("0")
          Double threshold)
      implements ActivationSpec {
    private static final FieldRules RULES = FieldRules.of(ReLU.class);

    public ReLU {
      RULES.check("name", name);
      maxValue = RULES.check("max_value", maxValue);
      negativeSlope = RULES.check("negative_slope", negativeSlope);
      threshold = RULES.check("threshold", threshold);
    }
  }

  /** {@code x} above 0, {@code alpha (exp(x) - 1)} below. */
  @JsonTypeName("ELU")
  record ELU(
      String name,
      @Describe("The function approaches -alpha for very small inputs.")
          @Range(min = 0, max = 1_000)
          @Default("1")
          Double alpha)
      implements ActivationSpec {
    private static final FieldRules RULES = FieldRules.of(ELU.class);

    public ELU {
      RULES.check("name", name);
      alpha = RULES.check("alpha", alpha);
    }
  }

  /** {@code exp(x) / sum(exp(x))} over the last axis. */
  @JsonTypeName("Softmax")
  record Softmax(String name) implements ActivationSpec {
    private static final FieldRules RULES = FieldRules.of(Softmax.class);

    public Softmax {
      RULES.check("name", name);
    }
  }

  /** x above 0, alpha x below; an alpha is learned for each value of a sample (He et al. 2015). */
  @JsonTypeName("PReLU")
  record PReLU(
      String name,
      @Describe("Initial alphas.") @Default("zeros") Initializer alphaInitializer,
      @Describe("Penalty on the alphas. Default: none.") Regularizer alphaRegularizer,
      @Describe("Constraint on the alphas, applied after every step. Default: none.")
          Constraint alphaConstraint,
      @Describe("Axes of a sample, counted from 1, that share one alpha. Default: none.")
          @Size(max = 3)
          @Range(min = 1, max = 3)
          List<Integer> sharedAxes)
      implements ActivationSpec {
    private static final FieldRules RULES = FieldRules.of(PReLU.class);

    public PReLU {
      RULES.check("name", name);
      alphaInitializer = RULES.check("alpha_initializer", alphaInitializer);
      sharedAxes = RULES.check("shared_axes", sharedAxes);
    }

    @Override
    public List<Integer> outputShape(List<Integer> input) {
      for (int i = 0; sharedAxes != null && i < sharedAxes.size(); i++) {
        if (sharedAxes.get(i) > input.size()) {
          throw new InvalidMessageException(
              "shared_axes[" + i + "]",
              sharedAxes.get(i)
                  + " is not an axis of the input's shape "
                  + input
                  + "; give 1.."
                  + input.size());
        }
      }
      return input;
    }

    @Override
    public List<LayerWeight> weights(List<Integer> input) {
      var shape = new ArrayList<>(input);
      if (sharedAxes != null) {
        sharedAxes.forEach(axis -> shape.set(axis - 1, 1));
      }
      return List.of(
          new LayerWeight("alpha", shape, alphaInitializer, alphaRegularizer, alphaConstraint));
    }
  }
}
