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
  /** Padded with zeros before the first time step only: no output depends on a later one. */
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

  /** The padding that keeps the number of time steps. */
  Padding ofSameSize() {
    return this == VALID ? Padding.VALID : Padding.SAME;
  }
}
