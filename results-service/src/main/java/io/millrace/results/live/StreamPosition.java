package io.millrace.results.live;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A reader's position {@code <log>.<step>}: the id of the last log entry that it has, and the first
 * step whose loss it lacks. In an experiment's stream, which has no steps, the step is 0.
 */
public record StreamPosition(long log, long step) {
  private static final Pattern FORM = Pattern.compile("(\\d{1,18})\\.(\\d{1,18})");

  /**
   * Parses a position that a stream sent.
   *
   * @throws InvalidMessageException naming the parameter with the position
   */
  public static StreamPosition parse(String field, String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new InvalidMessageException(
          field, Check.quote(text) + " is not an event id; give the id of the last event received");
    }
    return new StreamPosition(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)));
  }

  @Override
  public String toString() {
    return log + "." + step;
  }
}
