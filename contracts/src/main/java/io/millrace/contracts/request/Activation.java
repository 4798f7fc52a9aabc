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
  /** max(0, min(1, 0.2 x + 0.5)) */
  HARD_SIGMOID,
  /** x sigmoid(x) */
  SWISH;

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
