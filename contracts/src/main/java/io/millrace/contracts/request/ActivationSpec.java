package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
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

  /**
   * An activation as a layer of its own.
   *
   * @param activation the function
   */
  @JsonTypeName("Activation")
  record ActivationLayer(String name, Activation activation) implements ActivationSpec {
    public ActivationLayer {
      LayerFields.name(name);
      Check.required("activation", activation);
    }
  }

  /**
   * {@code x} above 0, {@code negative_slope x} below.
   *
   * @param negativeSlope the slope below 0, 0..1000; default 0.3
   */
  @JsonTypeName("LeakyReLU")
  record LeakyReLU(String name, Double negativeSlope) implements ActivationSpec {
    public LeakyReLU {
      LayerFields.name(name);
      negativeSlope = Check.range("negative_slope", Check.orElse(negativeSlope, 0.3), 0, 1000);
    }
  }

  /**
   * {@code x} above the threshold, {@code negative_slope (x - threshold)} below, and at most {@code
   * max_value}.
   *
   * @param maxValue 0..1e6; default no limit
   * @param negativeSlope the slope below the threshold, 0..1000; default 0
   * @param threshold from where on values pass, 0..1000000; default 0
   */
  @JsonTypeName("ReLU")
  record ReLU(String name, Double maxValue, Double negativeSlope, Double threshold)
      implements ActivationSpec {
    public ReLU {
      LayerFields.name(name);
      if (maxValue != null) {
        Check.range("max_value", maxValue, 0, 1e6);
      }
      negativeSlope = Check.range("negative_slope", Check.orElse(negativeSlope, 0.0), 0, 1000);
      threshold = Check.range("threshold", Check.orElse(threshold, 0.0), 0, 1000000);
    }
  }

  /**
   * {@code x} above 0, {@code alpha (exp(x) - 1)} below.
   *
   * @param alpha the limit far below 0, negated, 0..1000; default 1
   */
  @JsonTypeName("ELU")
  record ELU(String name, Double alpha) implements ActivationSpec {
    public ELU {
      LayerFields.name(name);
      alpha = Check.range("alpha", Check.orElse(alpha, 1.0), 0, 1000);
    }
  }

  /** {@code exp(x) / sum(exp(x))} over the last axis. */
  @JsonTypeName("Softmax")
  record Softmax(String name) implements ActivationSpec {
    public Softmax {
      LayerFields.name(name);
    }
  }

  /**
   * {@code x} above 0, {@code alpha x} below, with an alpha that is learned for each value of a
   * sample (He et al. 2015).
   *
   * @param alphaInitializer how alphas start; default {@code zeros}
   * @param alphaRegularizer the penalty on alphas; default none
   * @param alphaConstraint what alphas are brought back to after every step; default none
   * @param sharedAxes axes of a sample, counted from 1, along which an alpha is shared; default
   *     none
   */
  @JsonTypeName("PReLU")
  record PReLU(
      String name,
      Initializer alphaInitializer,
      Regularizer alphaRegularizer,
      Constraint alphaConstraint,
      List<Integer> sharedAxes)
      implements ActivationSpec {
    public PReLU {
      LayerFields.name(name);
      alphaInitializer = Check.orElse(alphaInitializer, Initializer.ZEROS);
      if (sharedAxes != null) {
        sharedAxes = List.copyOf(Check.size("shared_axes", sharedAxes, 0, 3));
        for (int i = 0; i < sharedAxes.size(); i++) {
          Check.range("shared_axes[" + i + "]", sharedAxes.get(i), 1, 3);
        }
      }
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
