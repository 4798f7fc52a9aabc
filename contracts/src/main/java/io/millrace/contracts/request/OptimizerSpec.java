package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.field.Default;
import io.millrace.contracts.field.Describe;
import io.millrace.contracts.field.FieldRules;
import io.millrace.contracts.field.Range;
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

  @Describe("Learning rate: a number, or a schedule.")
  LearningRate learningRate();

  @Describe(
      "Before its update, each step subtracts this share of every variable, times the"
          + " learning rate (decoupled: Loshchilov and Hutter 2017). As in Keras, biases"
          + " decay too.")
  @Range(min = 0, max = 1_000)
  Double weightDecay();

  @Describe(
      "Largest norm of a variable's gradient; a larger one is scaled down. Give at most"
          + " one of clipnorm, clipvalue and global_clipnorm. Default: no limit.")
  @Range(above = 0, max = 1e9)
  Double clipnorm();

  @Describe(
      "Largest absolute value of a gradient's element. Give at most one of clipnorm,"
          + " clipvalue and global_clipnorm. Default: no limit.")
  @Range(above = 0, max = 1e9)
  Double clipvalue();

  @Describe(
      "Largest norm of all gradients together. Give at most one of clipnorm, clipvalue"
          + " and global_clipnorm. Default: no limit.")
  @Range(above = 0, max = 1e9)
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
   */
  @JsonTypeName("SGD")
  record SGD(
      @Default("0.01") LearningRate learningRate,
      @Describe("Momentum of the gradient.") @Range(min = 0, below = 1) @Default("0")
          Double momentum,
      @Describe("Whether to use Nesterov momentum, which needs a momentum above 0.")
          @Default("false")
          Boolean nesterov,
      Double weightDecay,
      Double clipnorm,
      Double clipvalue,
      Double globalClipnorm)
      implements OptimizerSpec {
    private static final FieldRules RULES = FieldRules.of(SGD.class);

    public SGD {
      learningRate = RULES.check("learning_rate", learningRate);
      momentum = RULES.check("momentum", momentum);
      nesterov = RULES.check("nesterov", nesterov);
      if (nesterov && momentum == 0) {
        throw new InvalidMessageException("nesterov", "needs a momentum above 0");
      }
      checkCommon(RULES, weightDecay, clipnorm, clipvalue, globalClipnorm);
    }

    /** At a constant rate, null for the default, with neither decay nor clipping. */
    public SGD(Double learningRate, Double momentum, Boolean nesterov) {
      this(constant(learningRate), momentum, nesterov, null, null, null, null);
    }
  }

  /** Adagrad (Duchi et al. 2011): {@code a += g²}, {@code w -= rate g / sqrt(a + epsilon)}. */
  @JsonTypeName("Adagrad")
  record Adagrad(
      @Default("0.001") LearningRate learningRate,
      @Describe("Initial sum of squared gradients.") @Range(min = 0, max = 1e6) @Default("0.1")
          Double initialAccumulatorValue,
      @Describe("Added to a divisor to keep it above 0.")
          @Range(above = 0, max = 1)
          @Default("1e-7")
          Double epsilon,
      Double weightDecay,
      Double clipnorm,
      Double clipvalue,
      Double globalClipnorm)
      implements OptimizerSpec {
    private static final FieldRules RULES = FieldRules.of(Adagrad.class);

    public Adagrad {
      learningRate = RULES.check("learning_rate", learningRate);
      initialAccumulatorValue = RULES.check("initial_accumulator_value", initialAccumulatorValue);
      epsilon = RULES.check("epsilon", epsilon);
      checkCommon(RULES, weightDecay, clipnorm, clipvalue, globalClipnorm);
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
   */
  @JsonTypeName("RMSprop")
  record RMSprop(
      @Default("0.001") LearningRate learningRate,
      @Describe("Decay of the mean of squared gradients.")
          @Range(min = 0, below = 1)
          @Default("0.9")
          Double rho,
      @Describe("Momentum of the update.") @Range(min = 0, below = 1) @Default("0") Double momentum,
      @Describe("Added to a divisor to keep it above 0.")
          @Range(above = 0, max = 1)
          @Default("1e-7")
          Double epsilon,
      @Describe("Whether to divide by the gradient's variance instead of its mean square.")
          @Default("false")
          Boolean centered,
      Double weightDecay,
      Double clipnorm,
      Double clipvalue,
      Double globalClipnorm)
      implements OptimizerSpec {
    private static final FieldRules RULES = FieldRules.of(RMSprop.class);

    public RMSprop {
      learningRate = RULES.check("learning_rate", learningRate);
      rho = RULES.check("rho", rho);
      momentum = RULES.check("momentum", momentum);
      epsilon = RULES.check("epsilon", epsilon);
      centered = RULES.check("centered", centered);
      checkCommon(RULES, weightDecay, clipnorm, clipvalue, globalClipnorm);
    }

    /** At a constant rate, null for the default, with neither decay nor clipping. */
    public RMSprop(Double learningRate, Double rho, Double epsilon) {
      this(constant(learningRate), rho, null, epsilon, null, null, null, null, null);
    }
  }

  /**
   * Adam (Kingma and Ba 2014): {@code m = b1 m + (1 - b1) g}, {@code v = b2 v + (1 - b2) g²},
   * {@code w -= rate sqrt(1 - b2^t) / (1 - b1^t) m / (sqrt(v) + epsilon)}.
   */
  @JsonTypeName("Adam")
  record Adam(
      @Default("0.001") LearningRate learningRate,
      @Describe("Decay of the gradient's mean.")
          @Range(min = 0, below = 1)
          @Default("0.9")
          @JsonProperty("beta_1")
          Double beta1,
      @Describe("Decay of the mean of squared gradients.")
          @Range(min = 0, below = 1)
          @Default("0.999")
          @JsonProperty("beta_2")
          Double beta2,
      @Describe("Added to a divisor to keep it above 0.")
          @Range(above = 0, max = 1)
          @Default("1e-7")
          Double epsilon,
      @Describe("Whether the mean of squared gradients never decreases (Reddi et al. 2018).")
          @Default("false")
          Boolean amsgrad,
      Double weightDecay,
      Double clipnorm,
      Double clipvalue,
      Double globalClipnorm)
      implements OptimizerSpec {
    private static final FieldRules RULES = FieldRules.of(Adam.class);

    public Adam {
      learningRate = RULES.check("learning_rate", learningRate);
      beta1 = RULES.check("beta_1", beta1);
      beta2 = RULES.check("beta_2", beta2);
      epsilon = RULES.check("epsilon", epsilon);
      amsgrad = RULES.check("amsgrad", amsgrad);
      checkCommon(RULES, weightDecay, clipnorm, clipvalue, globalClipnorm);
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
   */
  @JsonTypeName("Adadelta")
  record Adadelta(
      @Default("0.001") LearningRate learningRate,
      @Describe("Decay of the means of squared gradients and squared updates.")
          @Range(min = 0, below = 1)
          @Default("0.95")
          Double rho,
      @Describe("Added to a divisor to keep it above 0.")
          @Range(above = 0, max = 1)
          @Default("1e-7")
          Double epsilon,
      Double weightDecay,
      Double clipnorm,
      Double clipvalue,
      Double globalClipnorm)
      implements OptimizerSpec {
    private static final FieldRules RULES = FieldRules.of(Adadelta.class);

    public Adadelta {
      learningRate = RULES.check("learning_rate", learningRate);
      rho = RULES.check("rho", rho);
      epsilon = RULES.check("epsilon", epsilon);
      checkCommon(RULES, weightDecay, clipnorm, clipvalue, globalClipnorm);
    }
  }

  /**
   * {@link Adam} with weight decay (Loshchilov and Hutter 2017), which may not be left out: null is
   * its default, 0.004.
   */
  @JsonTypeName("AdamW")
  record AdamW(
      @Default("0.001") LearningRate learningRate,
      @Describe("Decay of the gradient's mean.")
          @Range(min = 0, below = 1)
          @Default("0.9")
          @JsonProperty("beta_1")
          Double beta1,
      @Describe("Decay of the mean of squared gradients.")
          @Range(min = 0, below = 1)
          @Default("0.999")
          @JsonProperty("beta_2")
          Double beta2,
      @Describe("Added to a divisor to keep it above 0.")
          @Range(above = 0, max = 1)
          @Default("1e-7")
          Double epsilon,
      @Describe("Whether the mean of squared gradients never decreases (Reddi et al. 2018).")
          @Default("false")
          Boolean amsgrad,
      @Default("0.004") Double weightDecay,
      Double clipnorm,
      Double clipvalue,
      Double globalClipnorm)
      implements OptimizerSpec {
    private static final FieldRules RULES = FieldRules.of(AdamW.class);

    public AdamW {
      learningRate = RULES.check("learning_rate", learningRate);
      beta1 = RULES.check("beta_1", beta1);
      beta2 = RULES.check("beta_2", beta2);
      epsilon = RULES.check("epsilon", epsilon);
      amsgrad = RULES.check("amsgrad", amsgrad);
      weightDecay = RULES.check("weight_decay", weightDecay);
      checkCommon(RULES, weightDecay, clipnorm, clipvalue, globalClipnorm);
    }
  }

  /**
   * Adamax (Kingma and Ba 2014): {@code m = b1 m + (1 - b1) g}, {@code u = max(b2 u, |g|)}, {@code
   * w -= rate / (1 - b1^t) m / (u + epsilon)}.
   */
  @JsonTypeName("Adamax")
  record Adamax(
      @Default("0.001") LearningRate learningRate,
      @Describe("Decay of the gradient's mean.")
          @Range(min = 0, below = 1)
          @Default("0.9")
          @JsonProperty("beta_1")
          Double beta1,
      @Describe("Decay of the norm.")
          @Range(min = 0, below = 1)
          @Default("0.999")
          @JsonProperty("beta_2")
          Double beta2,
      @Describe("Added to a divisor to keep it above 0.")
          @Range(above = 0, max = 1)
          @Default("1e-7")
          Double epsilon,
      Double weightDecay,
      Double clipnorm,
      Double clipvalue,
      Double globalClipnorm)
      implements OptimizerSpec {
    private static final FieldRules RULES = FieldRules.of(Adamax.class);

    public Adamax {
      learningRate = RULES.check("learning_rate", learningRate);
      beta1 = RULES.check("beta_1", beta1);
      beta2 = RULES.check("beta_2", beta2);
      epsilon = RULES.check("epsilon", epsilon);
      checkCommon(RULES, weightDecay, clipnorm, clipvalue, globalClipnorm);
    }
  }

  /**
   * Nadam (Dozat 2016): Adam with Nesterov's momentum, whose decay at step {@code t} is {@code b1
   * (1 - 0.5 · 0.96^t)}.
   */
  @JsonTypeName("Nadam")
  record Nadam(
      @Default("0.001") LearningRate learningRate,
      @Describe("Decay of the gradient's mean.")
          @Range(min = 0, below = 1)
          @Default("0.9")
          @JsonProperty("beta_1")
          Double beta1,
      @Describe("Decay of the mean of squared gradients.")
          @Range(min = 0, below = 1)
          @Default("0.999")
          @JsonProperty("beta_2")
          Double beta2,
      @Describe("Added to a divisor to keep it above 0.")
          @Range(above = 0, max = 1)
          @Default("1e-7")
          Double epsilon,
      Double weightDecay,
      Double clipnorm,
      Double clipvalue,
      Double globalClipnorm)
      implements OptimizerSpec {
    private static final FieldRules RULES = FieldRules.of(Nadam.class);

    public Nadam {
      learningRate = RULES.check("learning_rate", learningRate);
      beta1 = RULES.check("beta_1", beta1);
      beta2 = RULES.check("beta_2", beta2);
      epsilon = RULES.check("epsilon", epsilon);
      checkCommon(RULES, weightDecay, clipnorm, clipvalue, globalClipnorm);
    }
  }

  /**
   * Follow the regularized leader (McMahan et al. 2013), with {@code p = -learning_rate_power}:
   * {@code z += g + 2 shrinkage w - ((a + g²)^p - a^p) / rate w}, {@code a += g²}, {@code w =
   * (clip(z, -l1, l1) - z) / (a^p / rate + 2 l2 + beta / rate)}.
   */
  @JsonTypeName("Ftrl")
  record Ftrl(
      @Default("0.001") LearningRate learningRate,
      @Describe("Exponent of the sum of squared gradients.")
          @Range(min = -10, max = 0)
          @Default("-0.5")
          Double learningRatePower,
      @Describe("Initial sum of squared gradients.") @Range(min = 0, max = 1e6) @Default("0.1")
          Double initialAccumulatorValue,
      @Describe("Penalty on absolute weights.") @Range(min = 0, max = 1e6) @Default("0")
          Double l1RegularizationStrength,
      @Describe("Penalty on squared weights.") @Range(min = 0, max = 1e6) @Default("0")
          Double l2RegularizationStrength,
      @Describe("Penalty on squared weights, added to the gradient.")
          @Range(min = 0, max = 1e6)
          @Default("0")
          Double l2ShrinkageRegularizationStrength,
      @Describe("The paper's beta.") @Range(min = 0, max = 1e6) @Default("0") Double beta,
      Double weightDecay,
      Double clipnorm,
      Double clipvalue,
      Double globalClipnorm)
      implements OptimizerSpec {
    private static final FieldRules RULES = FieldRules.of(Ftrl.class);

    public Ftrl {
      learningRate = RULES.check("learning_rate", learningRate);
      learningRatePower = RULES.check("learning_rate_power", learningRatePower);
      initialAccumulatorValue = RULES.check("initial_accumulator_value", initialAccumulatorValue);
      l1RegularizationStrength =
          RULES.check("l1_regularization_strength", l1RegularizationStrength);
      l2RegularizationStrength =
          RULES.check("l2_regularization_strength", l2RegularizationStrength);
      l2ShrinkageRegularizationStrength =
          RULES.check("l2_shrinkage_regularization_strength", l2ShrinkageRegularizationStrength);
      beta = RULES.check("beta", beta);
      checkCommon(RULES, weightDecay, clipnorm, clipvalue, globalClipnorm);
    }
  }

  /**
   * Lion (Chen et al. 2023): {@code w -= rate sign(b1 m + (1 - b1) g)}, {@code m = b2 m + (1 - b2)
   * g}.
   */
  @JsonTypeName("Lion")
  record Lion(
      @Default("0.001") LearningRate learningRate,
      @Describe("Share of the momentum in the update's sign.")
          @Range(above = 0, max = 1)
          @Default("0.9")
          @JsonProperty("beta_1")
          Double beta1,
      @Describe("Decay of the momentum.")
          @Range(min = 0, below = 1)
          @Default("0.99")
          @JsonProperty("beta_2")
          Double beta2,
      Double weightDecay,
      Double clipnorm,
      Double clipvalue,
      Double globalClipnorm)
      implements OptimizerSpec {
    private static final FieldRules RULES = FieldRules.of(Lion.class);

    public Lion {
      learningRate = RULES.check("learning_rate", learningRate);
      beta1 = RULES.check("beta_1", beta1);
      beta2 = RULES.check("beta_2", beta2);
      checkCommon(RULES, weightDecay, clipnorm, clipvalue, globalClipnorm);
    }
  }

  private static LearningRate constant(Double rate) {
    return rate == null ? null : LearningRate.of(rate);
  }

  private static void checkCommon(
      FieldRules rules,
      Double weightDecay,
      Double clipnorm,
      Double clipvalue,
      Double globalClipnorm) {
    rules.check("weight_decay", weightDecay);
    String first = null;
    first = checkClip(rules, "clipnorm", clipnorm, first);
    first = checkClip(rules, "clipvalue", clipvalue, first);
    checkClip(rules, "global_clipnorm", globalClipnorm, first);
  }

  /** The first field that clips, up to and including this one. */
  private static String checkClip(FieldRules rules, String field, Double limit, String first) {
    if (limit == null) {
      return first;
    }
    rules.check(field, limit);
    if (first != null) {
      throw new InvalidMessageException(
          field,
          "cannot be combined with "
              + first
              + "; give one of clipnorm, clipvalue and global_clipnorm");
    }
    return field;
  }
}
