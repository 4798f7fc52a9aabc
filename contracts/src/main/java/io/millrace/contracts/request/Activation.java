package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.millrace.contracts.json.EnumNames;

/** Activation functions, by Keras' names. */
public enum Activation {
  /** x */
  LINEAR,
  /** max(x, 0) */
  RELU,
  /** 1 / (1 + exp(-x)) */
  SIGMOID,
  /** tanh(x) */
  TANH,
  /** exp(x) / sum(exp(x)) over the last axis */
  SOFTMAX,
  /** x, or exp(x) - 1 below 0 */
  ELU,
  /** Scaled ELU, Klambauer et al. 2017. */
  SELU,
  /** log(1 + exp(x)) */
  SOFTPLUS,
  /** x / (1 + |x|) */
  SOFTSIGN,
  /** relu6(x + 3) / 6, as Keras 3 has it */
  HARD_SIGMOID,
  /** x sigmoid(x) */
  SWISH,
  /** {@link #SWISH}, by its other name */
  SILU,
  /** x (1 + erf(x / sqrt(2))) / 2 */
  GELU,
  /** x, or 0.2 x below 0 */
  LEAKY_RELU,
  /** min(max(x, 0), 6) */
  RELU6,
  /** x tanh(softplus(x)) */
  MISH,
  /** exp(x) */
  EXPONENTIAL,
  /** x hard_sigmoid(x) */
  HARD_SILU,
  /** {@link #HARD_SILU}, by its other name */
  HARD_SWISH,
  /** max(x, 0) + min(0, exp(x) - 1) */
  CELU,
  /** log(softmax(x)) */
  LOG_SOFTMAX,
  /** log(sigmoid(x)) */
  LOG_SIGMOID,
  /** max(-1, min(1, x)) */
  HARD_TANH,
  /** x - tanh(x) */
  TANH_SHRINK,
  /** x moved by 0.5 towards 0, 0 where |x| is at most that */
  SOFT_SHRINK,
  /** x, 0 where |x| is at most 0.5 */
  HARD_SHRINK,
  /** (x + sqrt(x² + 4)) / 2 */
  SQUAREPLUS,
  /** max(0, min(1, 0.2 x + 0.5)): what Keras 1 and 2 call {@code hard_sigmoid} */
  HARD_SIGMOID_KERAS2;

  /** The name in a message. */
  @JsonValue
  public String json() {
    return EnumNames.json(this);
  }

  @JsonCreator
  static Activation parse(String text) {
    return EnumNames.parse(Activation.class, text);
  }
}
