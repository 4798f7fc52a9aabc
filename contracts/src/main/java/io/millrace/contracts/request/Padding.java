package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.millrace.contracts.json.EnumNames;

/** Borders of a convolution or pooling. */
public enum Padding {
  /** No padding: the window stays inside. */
  VALID,
  /** Padded with zeros so that a stride of 1 keeps the size. */
  SAME;

  /** The name in a message. */
  @JsonValue
  public String json() {
    return EnumNames.json(this);
  }

  @JsonCreator
  static Padding parse(String text) {
    return EnumNames.parse(Padding.class, text);
  }
}
