package io.millrace.results.query;

import java.time.Instant;
import java.time.OffsetDateTime;

/** Reads the cells of native query rows. */
public final class Cells {
  private Cells() {}

  /** A time, which drivers return as {@link OffsetDateTime} or {@link Instant}. */
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

  /** An integer. */
  public static int integer(Object cell) {
    return ((Number) cell).intValue();
  }
}
