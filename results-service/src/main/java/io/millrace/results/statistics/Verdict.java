package io.millrace.results.statistics;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What can be said of a variant against another. */
public enum Verdict {
  /** The difference is beyond what seeds alone make likely, for the better. */
  BETTER,
  /** And for the worse. */
  WORSE,
  /** The difference is smaller than the smallest that matters, whichever way it goes. */
  NO_DIFFERENCE,
  /** Seeds alone may have made the difference. */
  UNDECIDED,
  /** One replicate, or replicates without any difference: there is no spread to judge by. */
  NO_SPREAD;

  /** The largest p that is not chance. */
  private static final double SIGNIFICANCE = 1 - Sample.CONFIDENCE;

  /**
   * Of a test.
   *
   * @param welch null where there is no spread
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

  /** Whether more seeds are not needed. */
  boolean isDecided() {
    return this == BETTER || this == WORSE || this == NO_DIFFERENCE;
  }

  /** As it is answered. */
  @JsonValue
  public String json() {
    return name().toLowerCase(Locale.ROOT);
  }
}
