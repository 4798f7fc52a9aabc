package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.millrace.contracts.json.EnumNames;

/** What is computed beside the loss, by Keras' names. */
public enum Metric {
  /** Accuracy: the share of samples whose class was predicted. */
  ACC,
  /** Mean absolute error. */
  MAE;

  /** The name in a message. */
  @JsonValue
  public String json() {
    return EnumNames.json(this);
  }

  @JsonCreator
  static Metric parse(String text) {
    return EnumNames.parse(Metric.class, text);
  }
}
