package io.millrace.results.request;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The path of a field in a request, such as {@code model.layers[3].rate}.
 *
 * @param text the path as text
 * @param steps the names and list indices of the path
 */
public record FieldPath(String text, List<String> steps) {
  /** The maximum length of a path in characters. */
  public static final int MAX_LENGTH = 200;

  private static final Pattern FORM =
      Pattern.compile("[A-Za-z_][\\w-]*(\\[\\d{1,4}])*(\\.[A-Za-z_][\\w-]*(\\[\\d{1,4}])*)*");

  private static final Pattern STEP = Pattern.compile("[\\w-]+");

  public FieldPath {
    steps = List.copyOf(steps);
  }

  /** Whether a text is a path. */
  public static boolean isPath(String text) {
    return text.length() <= MAX_LENGTH && FORM.matcher(text).matches();
  }

  /**
   * Parses a path.
   *
   * @param parameter the query parameter
   * @throws InvalidMessageException naming it
   */
  public static FieldPath parse(String parameter, String text) {
    if (!isPath(text)) {
      throw new InvalidMessageException(
          parameter,
          Check.quote(text) + " is not the path of a field; give one such as model.layers[3].rate");
    }
    var steps = new ArrayList<String>();
    for (Matcher step = STEP.matcher(text); step.find(); ) {
      steps.add(step.group());
    }
    return new FieldPath(text, steps);
  }

  /** Whether a step is a list index. */
  static boolean isIndex(String step) {
    return Character.isDigit(step.charAt(0));
  }

  /** The path as a text array of PostgreSQL. */
  public String array() {
    return steps.stream().collect(Collectors.joining("\",\"", "{\"", "\"}"));
  }

  /** The path to the initial rate of a learning-rate schedule; null for other fields. */
  public String scheduleArray() {
    return text.equals(RequestFields.LEARNING_RATE)
        ? FieldPath.parse("", text + "." + RequestFields.INITIAL).array()
        : null;
  }
}
