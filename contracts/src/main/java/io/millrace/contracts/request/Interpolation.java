package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.millrace.contracts.json.EnumNames;

/** How a pixel of a resized image is computed. */
public enum Interpolation {
  /** From the four pixels around it, weighted by distance. */
  BILINEAR,
  /** From the nearest pixel. */
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
