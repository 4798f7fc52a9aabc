package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.millrace.contracts.json.EnumNames;

/** What stands outside the border of a transformed image, by Keras' names. */
public enum FillMode {
  /** {@code kkkk|abcd|kkkk} with {@code cval}. */
  CONSTANT,
  /** {@code aaaa|abcd|dddd} */
  NEAREST,
  /** {@code abcddcba|abcd|dcbaabcd} */
  REFLECT,
  /** {@code abcdabcd|abcd|abcdabcd} */
  WRAP;

  /** The name in a message. */
  @JsonValue
  public String json() {
    return EnumNames.json(this);
  }

  @JsonCreator
  static FillMode parse(String text) {
    return EnumNames.parse(FillMode.class, text);
  }
}
