package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.millrace.contracts.json.EnumNames;

/** How the learning rate changes between two values, by PyTorch's names. */
public enum AnnealStrategy {
  /** Half a cosine. */
  COS,
  /** A line. */
  LINEAR;

  /**
   * The rate on the way from one to another.
   *
   * @param share the share of the way from the first value to the second, 0..1
   */
  double between(double start, double end, double share) {
    return switch (this) {
      case COS -> end + (start - end) / 2 * (1 + Math.cos(Math.PI * share));
      case LINEAR -> start + (end - start) * share;
    };
  }

  /** The name in a message. */
  @JsonValue
  public String json() {
    return EnumNames.json(this);
  }

  @JsonCreator
  static AnnealStrategy parse(String text) {
    return EnumNames.parse(AnnealStrategy.class, text);
  }
}
