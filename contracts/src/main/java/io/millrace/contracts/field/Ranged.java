package io.millrace.contracts.field;

/** A value of several numbers that one {@link Range} holds for. */
public interface Ranged {
  /**
   * Checks each number.
   *
   * @param field the path that errors begin with
   * @throws io.millrace.contracts.InvalidMessageException where a number is not within {@code
   *     min..max}
   */
  void checkRange(String field, double min, double max);
}
