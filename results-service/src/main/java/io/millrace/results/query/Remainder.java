package io.millrace.results.query;

/**
 * The part of an answer that a limit left out.
 *
 * @param parameter the query parameter that requests the next page; null if no parameter does
 * @param value the value of the parameter
 */
public record Remainder(String parameter, String value) {
  private static final Remainder OUT_OF_REACH = new Remainder(null, null);

  /** An answer that a limit may cut. */
  public interface Cuttable {
    /** The part that is left out; null if nothing is. */
    Remainder remainder();
  }

  /** A remainder that the next page has; null if there is no next page. */
  public static Remainder after(String parameter, Object next) {
    return next == null ? null : new Remainder(parameter, next.toString());
  }

  /** A remainder that no parameter requests; null if nothing is left out. */
  public static Remainder outOfReach(boolean isMore) {
    return isMore ? OUT_OF_REACH : null;
  }

  /** Whether a next page has the remainder. */
  public boolean isReachable() {
    return parameter != null;
  }
}
