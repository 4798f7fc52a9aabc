package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.millrace.contracts.json.EnumNames;

/** How a series is scaled; fitted on the training part only. */
public enum Scaler {
  /** The training part's minimum becomes 0, its maximum 1. */
  MIN_MAX,
  /** Zero mean and unit standard deviation over the training part. */
  STANDARD,
  /** As it is. */
  NONE;

  /** The name in a message. */
  @JsonValue
  public String json() {
    return EnumNames.json(this);
  }

  @JsonCreator
  static Scaler parse(String text) {
    return EnumNames.parse(Scaler.class, text);
  }
}
