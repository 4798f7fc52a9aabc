package io.millrace.contracts.request;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;

/** Checks of fields that many layers have. */
final class LayerFields {
  private LayerFields() {}

  static void name(String name) {
    if (name != null) {
      Check.name("name", name);
    }
  }

  /** Keras allows the one or the other. */
  static void refuseStridesWithDilation(int strides, int dilationRate) {
    if (strides > 1 && dilationRate > 1) {
      throw new InvalidMessageException(
          "dilation_rate", dilationRate + " does not go with strides of " + strides + "; give 1");
    }
  }

  static double dropout(Double rate) {
    return Check.below("dropout", Check.orElse(rate, 0.0), 0, 1);
  }

  static double recurrentDropout(Double rate) {
    return Check.below("recurrent_dropout", Check.orElse(rate, 0.0), 0, 1);
  }
}
