package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;

/** An optimizer, by Keras' name and with Keras 3's parameters and defaults. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(OptimizerSpec.SGD.class),
  @JsonSubTypes.Type(OptimizerSpec.Adagrad.class),
  @JsonSubTypes.Type(OptimizerSpec.RMSprop.class),
  @JsonSubTypes.Type(OptimizerSpec.Adam.class)
})
@JsonInclude(JsonInclude.Include.NON_NULL)
public sealed interface OptimizerSpec {

  /** The step size, above 0 and at most 1,000. */
  Double learningRate();

  /** The optimizer's type, by Keras' name. */
  default String type() {
    return getClass().getSimpleName();
  }

  /**
   * Stochastic gradient descent.
   *
   * @param learningRate default 0.01
   * @param momentum 0 ≤ m &lt; 1; default 0
   * @param nesterov whether the momentum is Nesterov's, which needs a momentum; default false
   */
  @JsonTypeName("SGD")
  record SGD(Double learningRate, Double momentum, Boolean nesterov) implements OptimizerSpec {
    public SGD {
      learningRate = checkRate(learningRate, 0.01);
      momentum = Check.below("momentum", Check.orElse(momentum, 0.0), 0, 1);
      nesterov = Check.orElse(nesterov, false);
      if (nesterov && momentum == 0) {
        throw new InvalidMessageException("nesterov", "needs a momentum above 0");
      }
    }
  }

  /**
   * Adagrad (Duchi et al. 2011).
   *
   * @param learningRate default 0.001
   * @param initialAccumulatorValue default 0.1
   * @param epsilon default 1e-7
   */
  @JsonTypeName("Adagrad")
  record Adagrad(Double learningRate, Double initialAccumulatorValue, Double epsilon)
      implements OptimizerSpec {
    public Adagrad {
      learningRate = checkRate(learningRate, 0.001);
      initialAccumulatorValue =
          Check.range(
              "initial_accumulator_value", Check.orElse(initialAccumulatorValue, 0.1), 0, 1e6);
      epsilon = checkEpsilon(epsilon);
    }
  }

  /**
   * RMSprop (Hinton 2012).
   *
   * @param learningRate default 0.001
   * @param rho decay of the squared gradient's mean, 0 ≤ rho &lt; 1; default 0.9
   * @param epsilon default 1e-7
   */
  @JsonTypeName("RMSprop")
  record RMSprop(Double learningRate, Double rho, Double epsilon) implements OptimizerSpec {
    public RMSprop {
      learningRate = checkRate(learningRate, 0.001);
      rho = Check.below("rho", Check.orElse(rho, 0.9), 0, 1);
      epsilon = checkEpsilon(epsilon);
    }
  }

  /**
   * Adam (Kingma and Ba 2014).
   *
   * @param learningRate default 0.001
   * @param beta1 written {@code beta_1}: decay of the gradient's mean, 0 ≤ b &lt; 1; default 0.9
   * @param beta2 written {@code beta_2}: decay of the squared gradient's mean; default 0.999
   * @param epsilon default 1e-7
   */
  @JsonTypeName("Adam")
  record Adam(
      Double learningRate,
      @JsonProperty("beta_1") Double beta1,
      @JsonProperty("beta_2") Double beta2,
      Double epsilon)
      implements OptimizerSpec {
    public Adam {
      learningRate = checkRate(learningRate, 0.001);
      beta1 = Check.below("beta_1", Check.orElse(beta1, 0.9), 0, 1);
      beta2 = Check.below("beta_2", Check.orElse(beta2, 0.999), 0, 1);
      epsilon = checkEpsilon(epsilon);
    }
  }

  private static double checkRate(Double value, double defaultValue) {
    return Check.positive("learning_rate", Check.orElse(value, defaultValue), 1_000);
  }

  private static double checkEpsilon(Double value) {
    return Check.positive("epsilon", Check.orElse(value, 1e-7), 1);
  }
}
