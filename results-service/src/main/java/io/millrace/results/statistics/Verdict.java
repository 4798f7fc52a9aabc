package io.millrace.results.statistics;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The verdict on a variant compared with another. */
public enum Verdict {
  /** The variant is better, by more than seeds alone are likely to explain. */
  BETTER,
  /** The variant is worse, by more than seeds alone are likely to explain. */
  WORSE,
  /** The difference is smaller than the smallest relevant one, in either direction. */
  NO_DIFFERENCE,
  /** Seeds alone may explain the difference. */
  UNDECIDED,
  /** There is no spread, because there is one replicate or all are equal. */
  NO_SPREAD;

  /** The significance level of p values. */
  private static final double SIGNIFICANCE = 1 - Sample.CONFIDENCE;

  /**
   * The verdict of a test.
   *
   * @param welch null without a spread
   * @param p corrected for the number of tests
   */
  static Verdict of(Welch welch, Double p, boolean higherIsBetter) {
    if (welch == null) {
      return NO_SPREAD;
    }
    if (p >= SIGNIFICANCE) {
      return UNDECIDED;
    }
    return welch.difference() > 0 == higherIsBetter ? BETTER : WORSE;
  }

  /** Whether no further seeds are needed. */
  boolean isDecided() {
    return this == BETTER || this == WORSE || this == NO_DIFFERENCE;
  }

  /** The name in a message. */
  @JsonValue
  public String json() {
    return name().toLowerCase(Locale.ROOT);
  }
}
