package io.millrace.results.query;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a run's metric must be, such as {@code val_acc>=0.8}.
 *
 * @param metric its name
 * @param operator one of {@code < <= > >=}
 */
public record Condition(String metric, String operator, double value) {
  private static final Pattern FORM =
      Pattern.compile("\\s*([\\w.-]{1,100}?)\\s*([<>]=?)\\s*(\\S+)\\s*");

  /**
   * Reads one.
   *
   * @param field the query parameter
   * @throws InvalidMessageException naming it
   */
  public static Condition parse(String field, String text) {
    Matcher form = FORM.matcher(text);
    if (form.matches()) {
      try {
        double value = Double.parseDouble(form.group(3));
        if (Double.isFinite(value)) {
          return new Condition(form.group(1), form.group(2), value);
        }
      } catch (NumberFormatException e) {
        // Told below.
      }
    }
    throw new InvalidMessageException(
        field,
        Check.quote(text) + " is not a condition; give a metric, < <= > or >=, and a number");
  }
}
