package io.millrace.results.run;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a run's metric, or a field of its request, must be: {@code val_acc>=0.8}, {@code
 * optimizer.type=Adam}.
 *
 * @param name of the metric, or the field's path
 * @param operator one of {@code < <= > >= = !=}
 * @param text the value as it is written
 * @param number the same as a number; null where it is none, which only = and != take
 */
public record Condition(String name, String operator, String text, Double number) {
  private static final Pattern FORM =
      Pattern.compile("\\s*([\\w.\\[\\]-]{1,200}?)\\s*([<>!]=|[<>=])\\s*(\\S.{0,199}?)\\s*");

  /**
   * Reads one.
   *
   * @param field the query parameter
   * @throws InvalidMessageException naming it
   */
  public static Condition parse(String field, String text) {
    Matcher form = FORM.matcher(text);
    if (text.indexOf('\0') < 0 && form.matches()) {
      String operator = form.group(2);
      Double number = number(form.group(3));
      if (number != null || operator.equals("=") || operator.equals("!=")) {
        return new Condition(form.group(1), operator, form.group(3), number);
      }
    }
    throw new InvalidMessageException(
        field,
        Check.quote(text)
            + " is not a condition; give a metric or a field, < <= > or >=, and a number; or = or"
            + " != and a value");
  }

  private static Double number(String text) {
    try {
      double value = Double.parseDouble(text);
      return Double.isFinite(value) ? value : null;
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** The operator in a query, where a run without a value is other than any. */
  String comparison() {
    return operator.equals("!=") ? "is distinct from" : operator;
  }
}
