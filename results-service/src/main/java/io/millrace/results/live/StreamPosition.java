package io.millrace.results.live;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How far a reader has come: {@code <log>.<step>}, the id of the last entry of the log that it has,
 * and the first step whose loss it lacks. Of an experiment's stream, which tells no steps, the step
 * is 0.
 */
public record StreamPosition(long log, long step) {
  private static final Pattern FORM = Pattern.compile("(\\d{1,18})\\.(\\d{1,18})");

  /**
   * As it was given out.
   *
   * @throws InvalidMessageException naming the parameter that it came in
   */
  public static StreamPosition parse(String field, String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new InvalidMessageException(
          field, Check.quote(text) + " is no event's id; give the id of the last event read");
    }
    return new StreamPosition(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)));
  }

  @Override
  public String toString() {
    return log + "." + step;
  }
}
