package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.millrace.contracts.json.EnumNames;

/** How the outputs of a bidirectional layer's two directions are merged. */
public enum MergeMode {
  /** Concatenated: twice the units. */
  CONCAT,
  /** Their sum. */
  SUM,
  /** Their product. */
  MUL,
  /** Their mean. */
  AVE;

  /** The name in a message. */
  @JsonValue
  public String json() {
    return EnumNames.json(this);
  }

  @JsonCreator
  static MergeMode parse(String text) {
    return EnumNames.parse(MergeMode.class, text);
  }
}
