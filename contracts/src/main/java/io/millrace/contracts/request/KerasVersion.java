package io.millrace.contracts.request;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** The version of Keras that wrote a model: names and meanings differ. */
enum KerasVersion {
  /** Up to 1.2.2: {@code nb_filter}, {@code border_mode}, … */
  KERAS_1,
  /** Keras 2, TensorFlow's and TensorFlow.js' included. */
  KERAS_2,
  /** Keras 3, whose names and meanings requests use. */
  KERAS_3;

  /** Fields that Keras 1 alone writes. */
  private static final List<String> OF_KERAS_1 =
      List.of("nb_filter", "border_mode", "W_regularizer", "inner_activation", "dim_ordering");

  /**
   * @param written as the file says, such as {@code 2.2.4-tf}; empty where it does not
   * @param model by whose fields the version is told then: Keras 3's own {@code to_json()} says
   *     none
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

  /** Whether {@code hard_sigmoid} is that of Keras 1 and 2, and a GRU by default not cuDNN's. */
  boolean isBeforeKeras3() {
    return this != KERAS_3;
  }
}
