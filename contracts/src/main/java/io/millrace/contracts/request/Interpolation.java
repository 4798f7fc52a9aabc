package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.millrace.contracts.json.EnumNames;

/** What an image of another size takes its values from. */
public enum Interpolation {
  /** The four pixels around a place, each by its nearness. */
  BILINEAR,
  /** The pixel that a place lies in. */
  NEAREST;

  /** The name in a message. */
  @JsonValue
  public String json() {
    return EnumNames.json(this);
  }

  @JsonCreator
  static Interpolation parse(String text) {
    return EnumNames.parse(Interpolation.class, text);
  }
}
