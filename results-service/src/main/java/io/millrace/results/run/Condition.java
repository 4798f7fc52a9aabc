package io.millrace.results.run;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A condition on a metric of a run or a field of its request: {@code val_acc>=0.8}, {@code
 * optimizer.type=Adam}.
 *
 * @param name the name of the metric, or the path of the field
 * @param operator one of {@code < <= > >= = !=}
 * @param text the value as text
 * @param number the value as a number; null if it is not one, which only = and != accept
 */
public record Condition(String name, String operator, String text, Double number) {
  private static final Pattern FORM =
      Pattern.compile("\\s*([\\w.\\[\\]-]{1,200}?)\\s*([<>!]=|[<>=])\\s*(\\S.{0,199}?)\\s*");

  /**
   * Parses a condition.
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
            + " is not a condition; give a metric or a field, then < <= > or >= and a number, or ="
            + " or != and a value");
  }

  private static Double number(String text) {
    try {
      double value = Double.parseDouble(text);
      return Double.isFinite(value) ? value : null;
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** The operator in SQL; for !=, a run without a value differs from every value. */
  String comparison() {
    return operator.equals("!=") ? "is distinct from" : operator;
  }
}
