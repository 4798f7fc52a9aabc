package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.millrace.contracts.json.EnumNames;

/** How an Attention layer scores two times of a series. */
public enum ScoreMode {
  /** The dot product of their features (Luong et al. 2015). */
  DOT,
  /** The sum of {@code tanh} of the sums of their features, times a learned weight. */
  CONCAT;

  /** The name in a message. */
  @JsonValue
  public String json() {
    return EnumNames.json(this);
  }

  @JsonCreator
  static ScoreMode parse(String text) {
    return EnumNames.parse(ScoreMode.class, text);
  }
}
