package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.millrace.contracts.json.EnumNames;

/** Channels of an image. */
public enum ColorMode {
  /** Three channels. */
  RGB,
  /** One channel, luma by ITU-R 601. */
  GRAYSCALE;

  /** The name in a message. */
  @JsonValue
  public String json() {
    return EnumNames.json(this);
  }

  @JsonCreator
  static ColorMode parse(String text) {
    return EnumNames.parse(ColorMode.class, text);
  }
}
