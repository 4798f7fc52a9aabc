package io.millrace.contracts.task;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.millrace.contracts.json.EnumNames;

/** A part of a split data set. */
public enum Part {
  /** The training part. */
  TRAIN,
  /** The validation part, evaluated after every epoch. */
  VALIDATION,
  /** The test part, evaluated at the end. */
  TEST;

  /** The name in a message. */
  @JsonValue
  public String json() {
    return EnumNames.json(this);
  }

  @JsonCreator
  static Part parse(String text) {
    return EnumNames.parse(Part.class, text);
  }
}
