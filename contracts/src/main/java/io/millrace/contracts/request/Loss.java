package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.millrace.contracts.json.EnumNames;

/** What training minimizes, by Keras' names. */
public enum Loss {
  /**
   * Crossentropy of class probabilities against one-hot labels, or against the shares of classes
   * that mixed samples have.
   */
  CATEGORICAL_CROSSENTROPY,
  /**
   * The same against class indices; over the same data it is the same number. Of mixed samples,
   * which have no one index, it is {@link #CATEGORICAL_CROSSENTROPY}; Keras refuses them.
   */
  SPARSE_CATEGORICAL_CROSSENTROPY,
  /** Crossentropy of independent probabilities; with one unit, of the second of two classes. */
  BINARY_CROSSENTROPY,
  /** Mean squared error. */
  MSE;

  /** The name in a message. */
  @JsonValue
  public String json() {
    return EnumNames.json(this);
  }

  @JsonCreator
  static Loss parse(String text) {
    return EnumNames.parse(Loss.class, text);
  }
}
