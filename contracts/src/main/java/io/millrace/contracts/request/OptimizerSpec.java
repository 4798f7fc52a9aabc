package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.util.Arrays;
import java.util.List;

/**
 * An optimizer, by Keras' name and with Keras 3's parameters and defaults.
 *
 * <p>A step clips the gradient, then takes the weight decay off the weights, then updates them by
 * the optimizer's rule, as Keras does.
 *
 * @see <a href="https://keras.io/api/optimizers/">Keras' optimizers</a>
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(OptimizerSpec.SGD.class),
  @JsonSubTypes.Type(OptimizerSpec.Adagrad.class),
  @JsonSubTypes.Type(OptimizerSpec.RMSprop.class),
  @JsonSubTypes.Type(OptimizerSpec.Adam.class),
  @JsonSubTypes.Type(OptimizerSpec.Adadelta.class),
  @JsonSubTypes.Type(OptimizerSpec.AdamW.class),
  @JsonSubTypes.Type(OptimizerSpec.Adamax.class),
  @JsonSubTypes.Type(OptimizerSpec.Nadam.class),
  @JsonSubTypes.Type(OptimizerSpec.Ftrl.class),
  @JsonSubTypes.Type(OptimizerSpec.Lion.class)
})
@JsonInclude(JsonInclude.Include.NON_NULL)
public sealed interface OptimizerSpec {

  /** The step size: a number above 0 and at most 1,000, or a schedule. */
  LearningRate learningRate();

  /**
   * The share of every variable, times the learning rate, that each step takes off before its
   * update (decoupled: Loshchilov and Hutter 2017), 0..1,000; null for none. As in Keras, biases
   * decay too.
   */
  Double weightDecay();

  /** The largest norm of a variable's gradient, above 0: a longer one is scaled; null for any. */
  Double clipnorm();

  /** The largest size of a gradient's element, above 0; null for any. */
  Double clipvalue();

  /** The largest norm of all gradients together, above 0; null for any. */
  Double globalClipnorm();

  /** The optimizer's type, by Keras' name. */
  default String type() {
    return getClass().getSimpleName();
  }

  /**
   * The type of a name: as in Keras, it is the same in small and in capital letters.
   *
   * @throws InvalidMessageException where there is none
   */
  static String typeNamed(String text) {
    List<String> names =
        Arrays.stream(OptimizerSpec.class.getAnnotation(JsonSubTypes.class).value())
            .map(choice -> choice.value().getSimpleName())
            .toList();
    return names.stream()
        .filter(name -> name.equalsIgnoreCase(text))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidMessageException(
                    "",
                    Check.quote(text) + " is not known; give one of " + String.join(", ", names)));
  }

  /**
   * Stochastic gradient descent: {@code v = momentum v - rate g}, {@code w += v}; without a
   * momentum {@code w -= rate g}; with Nesterov's {@code w += momentum v - rate g}.
   *
   * @param learningRate default 0.01
   * @param momentum 0 ≤ m &lt; 1; default 0
   * @param nesterov whether the momentum is Nesterov's, which needs a momentum; default false
   */
  @JsonTypeName("SGD")
  record SGD(
      LearningRate learningRate,
      Double momentum,
      Boolean nesterov,
      Double weightDecay,
      Double clipnorm,
      Double clipvalue,
      Double globalClipnorm)
      implements OptimizerSpec {
    public SGD {
      learningRate = Check.orElse(learningRate, LearningRate.of(0.01));
      momentum = checkDecay("momentum", momentum, 0.0);
      nesterov = Check.orElse(nesterov, false);
      if (nesterov && momentum == 0) {
        throw new InvalidMessageException("nesterov", "needs a momentum above 0");
      }
      checkCommon(weightDecay, clipnorm, clipvalue, globalClipnorm);
    }

    /** At a constant rate, null for the default, with neither decay nor clipping. */
    public SGD(Double learningRate, Double momentum, Boolean nesterov) {
      this(constant(learningRate), momentum, nesterov, null, null, null, null);
    }
  }

  /**
   * Adagrad (Duchi et al. 2011): {@code a += g²}, {@code w -= rate g / sqrt(a + epsilon)}.
   *
   * @param learningRate default 0.001
   * @param initialAccumulatorValue default 0.1
   * @param epsilon default 1e-7
   */
  @JsonTypeName("Adagrad")
  record Adagrad(
      LearningRate learningRate,
      Double initialAccumulatorValue,
      Double epsilon,
      Double weightDecay,
      Double clipnorm,
      Double clipvalue,
      Double globalClipnorm)
      implements OptimizerSpec {
    public Adagrad {
      learningRate = Check.orElse(learningRate, LearningRate.of(0.001));
      initialAccumulatorValue =
          Check.range(
              "initial_accumulator_value", Check.orElse(initialAccumulatorValue, 0.1), 0, 1e6);
      epsilon = checkEpsilon(epsilon);
      checkCommon(weightDecay, clipnorm, clipvalue, globalClipnorm);
    }

    /** At a constant rate, null for the default, with neither decay nor clipping. */
    public Adagrad(Double learningRate, Double initialAccumulatorValue, Double epsilon) {
      this(constant(learningRate), initialAccumulatorValue, epsilon, null, null, null, null);
    }
  }

  /**
   * RMSprop (Hinton 2012): {@code v = rho v + (1 - rho) g²}, {@code w -= rate g / sqrt(v +
   * epsilon)}; centered (Graves 2013), {@code v} less the square of the gradient's mean stands
   * under the root; with a momentum, the step is added to {@code momentum} times the one before.
   *
   * @param learningRate default 0.001
   * @param rho decay of the squared gradient's mean, 0 ≤ rho &lt; 1; default 0.9
   * @param momentum 0 ≤ m &lt; 1; default 0
   * @param epsilon default 1e-7
   * @param centered default false
   */
  @JsonTypeName("RMSprop")
  record RMSprop(
      LearningRate learningRate,
      Double rho,
      Double momentum,
      Double epsilon,
      Boolean centered,
      Double weightDecay,
      Double clipnorm,
      Double clipvalue,
      Double globalClipnorm)
      implements OptimizerSpec {
    public RMSprop {
      learningRate = Check.orElse(learningRate, LearningRate.of(0.001));
      rho = checkDecay("rho", rho, 0.9);
      momentum = checkDecay("momentum", momentum, 0.0);
      epsilon = checkEpsilon(epsilon);
      centered = Check.orElse(centered, false);
      checkCommon(weightDecay, clipnorm, clipvalue, globalClipnorm);
    }

    /** At a constant rate, null for the default, with neither decay nor clipping. */
    public RMSprop(Double learningRate, Double rho, Double epsilon) {
      this(constant(learningRate), rho, null, epsilon, null, null, null, null, null);
    }
  }

  /**
   * Adam (Kingma and Ba 2014): {@code m = b1 m + (1 - b1) g}, {@code v = b2 v + (1 - b2) g²},
   * {@code w -= rate sqrt(1 - b2^t) / (1 - b1^t) m / (sqrt(v) + epsilon)}.
   *
   * @param learningRate default 0.001
   * @param beta1 written {@code beta_1}: decay of the gradient's mean, 0 ≤ b &lt; 1; default 0.9
   * @param beta2 written {@code beta_2}: decay of the squared gradient's mean; default 0.999
   * @param epsilon default 1e-7
   * @param amsgrad whether the squared gradient's mean never falls (Reddi et al. 2018); default
   *     false
   */
  @JsonTypeName("Adam")
  record Adam(
      LearningRate learningRate,
      @JsonProperty("beta_1") Double beta1,
      @JsonProperty("beta_2") Double beta2,
      Double epsilon,
      Boolean amsgrad,
      Double weightDecay,
      Double clipnorm,
      Double clipvalue,
      Double globalClipnorm)
      implements OptimizerSpec {
    public Adam {
      learningRate = Check.orElse(learningRate, LearningRate.of(0.001));
      beta1 = checkDecay("beta_1", beta1, 0.9);
      beta2 = checkDecay("beta_2", beta2, 0.999);
      epsilon = checkEpsilon(epsilon);
      amsgrad = Check.orElse(amsgrad, false);
      checkCommon(weightDecay, clipnorm, clipvalue, globalClipnorm);
    }

    /** At a constant rate, null for the default, with neither decay nor clipping. */
    public Adam(Double learningRate, Double beta1, Double beta2, Double epsilon) {
      this(constant(learningRate), beta1, beta2, epsilon, null, null, null, null, null);
    }
  }

  /**
   * Adadelta (Zeiler 2012): {@code a = rho a + (1 - rho) g²}, {@code d = -sqrt(u + epsilon) /
   * sqrt(a + epsilon) g}, {@code u = rho u + (1 - rho) d²}, {@code w += rate d}. The paper's rate
   * is 1.
   *
   * @param learningRate default 0.001
   * @param rho 0 ≤ rho &lt; 1; default 0.95
   * @param epsilon default 1e-7
   */
  @JsonTypeName("Adadelta")
  record Adadelta(
      LearningRate learningRate,
      Double rho,
      Double epsilon,
      Double weightDecay,
      Double clipnorm,
      Double clipvalue,
      Double globalClipnorm)
      implements OptimizerSpec {
    public Adadelta {
      learningRate = Check.orElse(learningRate, LearningRate.of(0.001));
      rho = checkDecay("rho", rho, 0.95);
      epsilon = checkEpsilon(epsilon);
      checkCommon(weightDecay, clipnorm, clipvalue, globalClipnorm);
    }
  }

  /**
   * {@link Adam} with weight decay (Loshchilov and Hutter 2017), which may not be left out: null is
   * its default, 0.004.
   *
   * @param learningRate default 0.001
   * @param beta1 written {@code beta_1}: decay of the gradient's mean, 0 ≤ b &lt; 1; default 0.9
   * @param beta2 written {@code beta_2}: decay of the squared gradient's mean; default 0.999
   * @param epsilon default 1e-7
   * @param amsgrad whether the squared gradient's mean never falls (Reddi et al. 2018); default
   *     false
   */
  @JsonTypeName("AdamW")
  record AdamW(
      LearningRate learningRate,
      @JsonProperty("beta_1") Double beta1,
      @JsonProperty("beta_2") Double beta2,
      Double epsilon,
      Boolean amsgrad,
      Double weightDecay,
      Double clipnorm,
      Double clipvalue,
      Double globalClipnorm)
      implements OptimizerSpec {
    public AdamW {
      learningRate = Check.orElse(learningRate, LearningRate.of(0.001));
      beta1 = checkDecay("beta_1", beta1, 0.9);
      beta2 = checkDecay("beta_2", beta2, 0.999);
      epsilon = checkEpsilon(epsilon);
      amsgrad = Check.orElse(amsgrad, false);
      weightDecay = Check.orElse(weightDecay, 0.004);
      checkCommon(weightDecay, clipnorm, clipvalue, globalClipnorm);
    }
  }

  /**
   * Adamax (Kingma and Ba 2014): {@code m = b1 m + (1 - b1) g}, {@code u = max(b2 u, |g|)}, {@code
   * w -= rate / (1 - b1^t) m / (u + epsilon)}.
   *
   * @param learningRate default 0.001
   * @param beta1 written {@code beta_1}: decay of the gradient's mean, 0 ≤ b &lt; 1; default 0.9
   * @param beta2 written {@code beta_2}: decay of the norm; default 0.999
   * @param epsilon default 1e-7
   */
  @JsonTypeName("Adamax")
  record Adamax(
      LearningRate learningRate,
      @JsonProperty("beta_1") Double beta1,
      @JsonProperty("beta_2") Double beta2,
      Double epsilon,
      Double weightDecay,
      Double clipnorm,
      Double clipvalue,
      Double globalClipnorm)
      implements OptimizerSpec {
    public Adamax {
      learningRate = Check.orElse(learningRate, LearningRate.of(0.001));
      beta1 = checkDecay("beta_1", beta1, 0.9);
      beta2 = checkDecay("beta_2", beta2, 0.999);
      epsilon = checkEpsilon(epsilon);
      checkCommon(weightDecay, clipnorm, clipvalue, globalClipnorm);
    }
  }

  /**
   * Nadam (Dozat 2016): Adam with Nesterov's momentum, whose decay at step {@code t} is {@code b1
   * (1 - 0.5 · 0.96^t)}.
   *
   * @param learningRate default 0.001
   * @param beta1 written {@code beta_1}: decay of the gradient's mean, 0 ≤ b &lt; 1; default 0.9
   * @param beta2 written {@code beta_2}: decay of the squared gradient's mean; default 0.999
   * @param epsilon default 1e-7
   */
  @JsonTypeName("Nadam")
  record Nadam(
      LearningRate learningRate,
      @JsonProperty("beta_1") Double beta1,
      @JsonProperty("beta_2") Double beta2,
      Double epsilon,
      Double weightDecay,
      Double clipnorm,
      Double clipvalue,
      Double globalClipnorm)
      implements OptimizerSpec {
    public Nadam {
      learningRate = Check.orElse(learningRate, LearningRate.of(0.001));
      beta1 = checkDecay("beta_1", beta1, 0.9);
      beta2 = checkDecay("beta_2", beta2, 0.999);
      epsilon = checkEpsilon(epsilon);
      checkCommon(weightDecay, clipnorm, clipvalue, globalClipnorm);
    }
  }

  /**
   * Follow the regularized leader (McMahan et al. 2013), with {@code p = -learning_rate_power}:
   * {@code z += g + 2 shrinkage w - ((a + g²)^p - a^p) / rate w}, {@code a += g²}, {@code w =
   * (clip(z, -l1, l1) - z) / (a^p / rate + 2 l2 + beta / rate)}.
   *
   * @param learningRate default 0.001
   * @param learningRatePower -10..0; default -0.5
   * @param initialAccumulatorValue default 0.1
   * @param l1RegularizationStrength 0..1e6; default 0
   * @param l2RegularizationStrength 0..1e6; default 0
   * @param l2ShrinkageRegularizationStrength 0..1e6; default 0
   * @param beta 0..1e6; default 0
   */
  @JsonTypeName("Ftrl")
  record Ftrl(
      LearningRate learningRate,
      Double learningRatePower,
      Double initialAccumulatorValue,
      Double l1RegularizationStrength,
      Double l2RegularizationStrength,
      Double l2ShrinkageRegularizationStrength,
      Double beta,
      Double weightDecay,
      Double clipnorm,
      Double clipvalue,
      Double globalClipnorm)
      implements OptimizerSpec {
    public Ftrl {
      learningRate = Check.orElse(learningRate, LearningRate.of(0.001));
      learningRatePower =
          Check.range("learning_rate_power", Check.orElse(learningRatePower, -0.5), -10, 0);
      initialAccumulatorValue =
          Check.range(
              "initial_accumulator_value", Check.orElse(initialAccumulatorValue, 0.1), 0, 1e6);
      l1RegularizationStrength =
          checkStrength("l1_regularization_strength", l1RegularizationStrength);
      l2RegularizationStrength =
          checkStrength("l2_regularization_strength", l2RegularizationStrength);
      l2ShrinkageRegularizationStrength =
          checkStrength("l2_shrinkage_regularization_strength", l2ShrinkageRegularizationStrength);
      beta = checkStrength("beta", beta);
      checkCommon(weightDecay, clipnorm, clipvalue, globalClipnorm);
    }
  }

  /**
   * Lion (Chen et al. 2023): {@code w -= rate sign(b1 m + (1 - b1) g)}, {@code m = b2 m + (1 - b2)
   * g}.
   *
   * @param learningRate default 0.001
   * @param beta1 written {@code beta_1}, 0 &lt; b ≤ 1; default 0.9
   * @param beta2 written {@code beta_2}, 0 ≤ b &lt; 1; default 0.99
   */
  @JsonTypeName("Lion")
  record Lion(
      LearningRate learningRate,
      @JsonProperty("beta_1") Double beta1,
      @JsonProperty("beta_2") Double beta2,
      Double weightDecay,
      Double clipnorm,
      Double clipvalue,
      Double globalClipnorm)
      implements OptimizerSpec {
    public Lion {
      learningRate = Check.orElse(learningRate, LearningRate.of(0.001));
      beta1 = Check.positive("beta_1", Check.orElse(beta1, 0.9), 1);
      beta2 = checkDecay("beta_2", beta2, 0.99);
      checkCommon(weightDecay, clipnorm, clipvalue, globalClipnorm);
    }
  }

  private static LearningRate constant(Double rate) {
    return rate == null ? null : LearningRate.of(rate);
  }

  private static double checkDecay(String field, Double value, double defaultValue) {
    return Check.below(field, Check.orElse(value, defaultValue), 0, 1);
  }

  private static double checkStrength(String field, Double value) {
    return Check.range(field, Check.orElse(value, 0.0), 0, 1e6);
  }

  private static double checkEpsilon(Double value) {
    return Check.positive("epsilon", Check.orElse(value, 1e-7), 1);
  }

  private static void checkCommon(
      Double weightDecay, Double clipnorm, Double clipvalue, Double globalClipnorm) {
    if (weightDecay != null) {
      Check.range("weight_decay", weightDecay, 0, 1_000);
    }
    String first = null;
    first = checkClip("clipnorm", clipnorm, first);
    first = checkClip("clipvalue", clipvalue, first);
    checkClip("global_clipnorm", globalClipnorm, first);
  }

  /** The field that clips so far, this one among them. */
  private static String checkClip(String field, Double limit, String first) {
    if (limit == null) {
      return first;
    }
    Check.positive(field, limit, 1e9);
    if (first != null) {
      throw new InvalidMessageException(
          field,
          "stands beside " + first + "; give one of clipnorm, clipvalue and global_clipnorm");
    }
    return field;
  }
}
