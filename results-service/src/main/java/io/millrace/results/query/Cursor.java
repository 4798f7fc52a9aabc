package io.millrace.results.query;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;

/**
 * Where a page of a list ended: what lies beyond comes next. Unlike a page's number it stays right
 * while new things come in.
 *
 * @param key by which the list is sorted, of the page's last item: a time, a number, or a text
 * @param name of the page's last item, which tells it from others of the same key
 */
public record Cursor(Object key, String name) {
  /** The first and the last time that a timestamptz of PostgreSQL holds. */
  private static final Instant EARLIEST = Instant.parse("-4713-11-24T00:00:00Z");

  private static final Instant LATEST = Instant.parse("+294276-12-31T23:59:59.999999Z");

  /** As it is given out. */
  public String encode() {
    String text = key + " " + name;
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * As it comes back to a list that is sorted by a time.
   *
   * @throws InvalidMessageException naming the query parameter
   */
  public static Cursor atTime(String cursor) {
    return decode(cursor, Cursor::time);
  }

  /**
   * As it comes back to a list that is sorted by a number.
   *
   * @throws InvalidMessageException naming the query parameter
   */
  public static Cursor atNumber(String cursor) {
    return decode(cursor, Cursor::number);
  }

  /**
   * As it comes back to a list that is sorted by a text.
   *
   * @throws InvalidMessageException naming the query parameter
   */
  public static Cursor atText(String cursor) {
    return decode(cursor, Cursor::text);
  }

  private static Cursor decode(String cursor, java.util.function.Function<String, Object> key) {
    try {
      String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
      int space = text.lastIndexOf(' ');
      return new Cursor(
          key.apply(text.substring(0, space)), Check.name("cursor", text.substring(space + 1)));
    } catch (IllegalArgumentException | IndexOutOfBoundsException | DateTimeException e) {
      throw new InvalidMessageException(
          "cursor", "is not one that was given out; give the next of the page before");
    }
  }

  /** PostgreSQL's texts have no character 0. */
  private static String text(String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(text);
    }
    return text;
  }

  private static Instant time(String text) {
    Instant at = Instant.parse(text);
    if (at.isBefore(EARLIEST) || at.isAfter(LATEST)) {
      throw new DateTimeException("PostgreSQL does not hold " + at);
    }
    return at;
  }

  private static Double number(String text) {
    double number = Double.parseDouble(text);
    if (!Double.isFinite(number)) {
      throw new NumberFormatException(text);
    }
    return number;
  }
}
