package io.millrace.results.query;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;

/**
 * Where a page of a list, newest first, ended: what is older comes next. Unlike a page's number it
 * stays right while new things come in.
 *
 * @param at of the page's last item
 * @param name of the page's last item, which tells it from others of the same moment
 */
record Cursor(Instant at, String name) {
  /** The first and the last time that a timestamptz of PostgreSQL holds. */
  private static final Instant EARLIEST = Instant.parse("-4713-11-24T00:00:00Z");

  private static final Instant LATEST = Instant.parse("+294276-12-31T23:59:59.999999Z");

  /** As it is given out. */
  String encode() {
    String text = at + " " + name;
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * As it comes back.
   *
   * @throws InvalidMessageException naming the query parameter
   */
  static Cursor decode(String cursor) {
    try {
      String text = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
      int space = text.indexOf(' ');
      Instant at = Instant.parse(text.substring(0, space));
      if (at.isBefore(EARLIEST) || at.isAfter(LATEST)) {
        throw new DateTimeException("PostgreSQL does not hold " + at);
      }
      return new Cursor(at, Check.name("cursor", text.substring(space + 1)));
    } catch (IllegalArgumentException | IndexOutOfBoundsException | DateTimeException e) {
      throw new InvalidMessageException(
          "cursor", "is not one that was given out; give the next of the page before");
    }
  }
}
