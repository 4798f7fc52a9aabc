package io.millrace.results.query;

/**
 * What a limit has left out of an answer.
 *
 * @param parameter that the next page is asked for with; null: there is no way to ask for it
 * @param value of the parameter
 */
public record Remainder(String parameter, String value) {
  private static final Remainder OUT_OF_REACH = new Remainder(null, null);

  /** An answer that a limit may cut. */
  public interface Cuttable {
    /** What is left out; null: nothing. */
    Remainder remainder();
  }

  /** What the next page has; null where there is none. */
  public static Remainder after(String parameter, Object next) {
    return next == null ? null : new Remainder(parameter, next.toString());
  }

  /** What cannot be asked for, where there is more. */
  public static Remainder outOfReach(boolean isMore) {
    return isMore ? OUT_OF_REACH : null;
  }

  /** Whether a next page has it. */
  public boolean isReachable() {
    return parameter != null;
  }
}
