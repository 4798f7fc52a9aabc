package io.millrace.results.curve;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Along which a curve is drawn. */
public enum CurveAxis {
  /** Optimizer steps. */
  STEP,
  /** Epochs, counted from 0. */
  EPOCH,
  /** Seconds since the run's first start. */
  TIME;

  /** Its name. */
  @JsonValue
  public String json() {
    return name().toLowerCase(Locale.ROOT);
  }
}
