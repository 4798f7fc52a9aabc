package io.millrace.contracts.request;

import io.millrace.contracts.InvalidMessageException;

/** Checks of fields that several layers have. */
final class LayerFields {
  private LayerFields() {}

  /** Rejects strides with dilation: Keras allows only one of them. */
  static void refuseStridesWithDilation(int strides, int dilationRate) {
    if (strides > 1 && dilationRate > 1) {
      throw new InvalidMessageException(
          "dilation_rate",
          dilationRate + " cannot be combined with strides of " + strides + "; give 1");
    }
  }
}
