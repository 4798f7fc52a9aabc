package io.millrace.results.query;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;

/**
 * The end of a page: the next page starts after it. Unlike a page number, it stays valid while
 * items are added.
 *
 * @param key the sort key of the page's last item: a time, a number or a text
 * @param name the name of the page's last item, which separates items with equal keys
 */
public record Cursor(Object key, String name) {
  /** The range of PostgreSQL's timestamptz. */
  private static final Instant EARLIEST = Instant.parse("-4713-11-24T00:00:00Z");

  private static final Instant LATEST = Instant.parse("+294276-12-31T23:59:59.999999Z");

  /** The text that clients get. */
  public String encode() {
    String text = key + " " + name;
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Parses the cursor of a list that is sorted by time.
   *
   * @throws InvalidMessageException naming the query parameter
   */
  public static Cursor atTime(String cursor) {
    return decode(cursor, Cursor::time);
  }

  /**
   * Parses the cursor of a list that is sorted by a number.
   *
   * @throws InvalidMessageException naming the query parameter
   */
  public static Cursor atNumber(String cursor) {
    return decode(cursor, Cursor::number);
  }

  /**
   * Parses the cursor of a list that is sorted by text.
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
          "cursor", "is not a cursor of this list; give next of the previous page");
    }
  }

  /** PostgreSQL text cannot hold the character 0. */
  private static String text(String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(text);
    }
    return text;
  }

  private static Instant time(String text) {
    Instant at = Instant.parse(text);
    if (at.isBefore(EARLIEST) || at.isAfter(LATEST)) {
      throw new DateTimeException("PostgreSQL cannot store " + at);
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
