package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.millrace.contracts.json.EnumNames;

/** What a column that is predicted holds. */
public enum TargetType {
  /** Classes, each value of the column one. */
  CLASS,
  /** Numbers. */
  NUMBER;

  /** The name in a message. */
  @JsonValue
  public String json() {
    return EnumNames.json(this);
  }

  @JsonCreator
  static TargetType parse(String text) {
    return EnumNames.parse(TargetType.class, text);
  }
}
