package io.millrace.contracts.request;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** The version of Keras that wrote a model: names and meanings differ. */
enum KerasVersion {
  /** Up to 1.2.2: {@code nb_filter}, {@code border_mode}, … */
  KERAS_1,
  /** Keras 2, including that of TensorFlow and TensorFlow.js. */
  KERAS_2,
  /** Keras 3, whose names and meanings requests use. */
  KERAS_3;

  /** Fields that only Keras 1 writes. */
  private static final List<String> OF_KERAS_1 =
      List.of("nb_filter", "border_mode", "W_regularizer", "inner_activation", "dim_ordering");

  /**
   * @param written the version in the file, such as {@code 2.2.4-tf}; empty if it has none
   * @param model its fields show the version if the file has none, as from {@code to_json()} of
   *     Keras 3
   */
  static KerasVersion of(String written, JsonNode model) {
    if (written.startsWith("0.") || written.startsWith("1.")) {
      return KERAS_1;
    }
    if (written.startsWith("2.") || written.startsWith("tfjs")) {
      return KERAS_2;
    }
    if (!written.isEmpty()) {
      return KERAS_3;
    }
    if (OF_KERAS_1.stream().anyMatch(field -> model.findValue(field) != null)) {
      return KERAS_1;
    }
    return model.findValue("batch_input_shape") != null ? KERAS_2 : KERAS_3;
  }

  /** Whether {@code hard_sigmoid} and the default GRU are those of Keras 1 and 2. */
  boolean isBeforeKeras3() {
    return this != KERAS_3;
  }
}
