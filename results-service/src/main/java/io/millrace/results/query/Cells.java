package io.millrace.results.query;

import java.time.Instant;
import java.time.OffsetDateTime;

/** Cells of a native query's rows. */
public final class Cells {
  private Cells() {}

  /** A time. */
  public static Instant time(Object cell) {
    return cell instanceof OffsetDateTime time ? time.toInstant() : (Instant) cell;
  }

  /** A number; null stays null. */
  public static Double number(Object cell) {
    return cell == null ? null : ((Number) cell).doubleValue();
  }

  /** A number; null becomes NaN. */
  public static double finite(Object cell) {
    return cell instanceof Number number ? number.doubleValue() : Double.NaN;
  }

  /** A whole number. */
  public static int integer(Object cell) {
    return ((Number) cell).intValue();
  }
}
