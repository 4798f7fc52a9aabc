package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.millrace.contracts.json.EnumNames;
import java.util.Map;

/**
 * What training minimizes, by Keras' names: of a sample with the outputs {@code p} and the labels
 * {@code y}, which are one-hot or shares for classes, or the values of a series.
 */
public enum Loss {
  /**
   * Crossentropy of class probabilities against one-hot labels, or against the shares of classes
   * that mixed samples have.
   */
  CATEGORICAL_CROSSENTROPY,
  /**
   * The same against class indices; over the same data it is the same number. Of mixed samples,
   * which have no one index, it is {@link #CATEGORICAL_CROSSENTROPY}; Keras refuses them.
   */
  SPARSE_CATEGORICAL_CROSSENTROPY,
  /** Crossentropy of independent probabilities; with one unit, of the second of two classes. */
  BINARY_CROSSENTROPY,
  /** Mean squared error. */
  MSE,
  /** Mean absolute error. */
  MAE,
  /** Squares up to {@code delta}, lines beyond (Huber 1964). */
  HUBER,
  /** The mean of {@code log(cosh(p - y))}. */
  LOG_COSH,
  /** Mean absolute percentage error. */
  MAPE,
  /** Mean squared logarithmic error, of values kept above 0. */
  MSLE,
  /** The mean of {@code p - y log p}. */
  POISSON,
  /** The sum of {@code y log(y / p)}. */
  KL_DIVERGENCE,
  /** The mean of {@code max(1 - y p, 0)}, {@code y} being -1 or 1. */
  HINGE,
  /** The mean of {@code max(1 - y p, 0)²}, {@code y} being -1 or 1. */
  SQUARED_HINGE,
  /** {@code max(max((1 - y) p) - sum(y p) + 1, 0)}. */
  CATEGORICAL_HINGE;

  private static final Map<String, Loss> ALIASES =
      Map.of(
          "mean_squared_error", MSE,
          "mean_absolute_error", MAE,
          "mean_absolute_percentage_error", MAPE,
          "mean_squared_logarithmic_error", MSLE,
          "logcosh", LOG_COSH,
          "kld", KL_DIVERGENCE,
          "kullback_leibler_divergence", KL_DIVERGENCE);

  /** Whether the loss can be used for numbers. */
  public boolean fitsNumbers() {
    return switch (this) {
      case MSE, MAE, HUBER, LOG_COSH, MAPE, MSLE, POISSON -> true;
      default -> false;
    };
  }

  /** The name in a message. */
  @JsonValue
  public String json() {
    return EnumNames.json(this);
  }

  /**
   * The loss of a name, or of one of Keras' other names for it.
   *
   * @throws io.millrace.contracts.InvalidMessageException where there is none
   */
  @JsonCreator
  public static Loss parse(String text) {
    Loss alias = text == null ? null : ALIASES.get(text);
    return alias != null ? alias : EnumNames.parse(Loss.class, text);
  }
}
