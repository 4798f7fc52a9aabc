package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.millrace.contracts.json.EnumNames;

/** What becomes of a series' missing values, and of the missing steps of a regular one. */
public enum Missing {
  /** The series is refused. */
  REFUSE,
  /**
   * A straight line between the values before and after; what is missing at the ends is left out.
   */
  INTERPOLATE,
  /** The value before is repeated; what is missing at the beginning is left out. */
  FORWARD_FILL,
  /** The windows that touch them, with what is predicted, are left out. */
  DROP_WINDOWS;

  /** The name in a message. */
  @JsonValue
  public String json() {
    return EnumNames.json(this);
  }

  @JsonCreator
  static Missing parse(String text) {
    return EnumNames.parse(Missing.class, text);
  }
}
