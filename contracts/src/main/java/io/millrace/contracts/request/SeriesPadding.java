package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.millrace.contracts.json.EnumNames;

/** Borders of a convolution over time. */
public enum SeriesPadding {
  /** No padding: the window stays inside. */
  VALID,
  /** Padded with zeros on both sides so that a stride of 1 keeps the size. */
  SAME,
  /** Padded with as many zeros before the first time: no output sees a later time. */
  CAUSAL;

  /** The name in a message. */
  @JsonValue
  public String json() {
    return EnumNames.json(this);
  }

  @JsonCreator
  static SeriesPadding parse(String text) {
    return EnumNames.parse(SeriesPadding.class, text);
  }

  /** The padding that puts out as many times. */
  Padding ofSameSize() {
    return this == VALID ? Padding.VALID : Padding.SAME;
  }
}
