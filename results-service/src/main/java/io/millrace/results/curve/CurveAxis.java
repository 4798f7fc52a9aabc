package io.millrace.results.curve;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The x axis of a curve. */
public enum CurveAxis {
  /** Optimizer steps. */
  STEP,
  /** Epochs, counted from 0. */
  EPOCH,
  /** Seconds since the run's first start. */
  TIME;

  /** The name in JSON. */
  @JsonValue
  public String json() {
    return name().toLowerCase(Locale.ROOT);
  }
}
