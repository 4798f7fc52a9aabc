package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.millrace.contracts.json.EnumNames;

/** Values outside the border of a transformed image, by Keras' names. */
public enum FillMode {
  /** {@code kkkk|abcd|kkkk} with {@code cval}. */
  CONSTANT,
  /** {@code aaaa|abcd|dddd} */
  NEAREST,
  /** {@code abcddcba|abcd|dcbaabcd} */
  REFLECT,
  /**
   * {@code dbcdbc|abcd|bcabca}: an axis of {@code n} pixels repeats every {@code n - 1} of them, so
   * that its last pixel and its first one are the same place. {@code scipy.ndimage} has it so, and
   * Keras with it: pixel {@code n - 2} stands before the first one, pixel 1 after the last, and
   * between {@code n - 1} and {@code n} is interpolated as between 0 and 1. A whole number of
   * periods away stands the last pixel to the left of the image, the first one to its right.
   */
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
