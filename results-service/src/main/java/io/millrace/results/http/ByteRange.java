package io.millrace.results.http;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A range of bytes in a file, both ends included.
 *
 * @param last less than {@code first} if the range is outside the file
 */
public record ByteRange(long first, long last) {
  private static final Pattern ONE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");
  private static final ByteRange NONE = new ByteRange(0, -1);

  /**
   * Parses the header {@code Range} (RFC 9110, 14.2). Empty if it is not supported, such as several
   * ranges: then the whole file is sent.
   *
   * @param size of the file
   */
  public static Optional<ByteRange> parse(String header, long size) {
    Matcher range = ONE.matcher(header.strip());
    if (!range.matches() || range.group(1).isEmpty() && range.group(2).isEmpty()) {
      return Optional.empty();
    }
    if (range.group(1).isEmpty()) {
      long count = Math.min(Long.parseLong(range.group(2)), size);
      return Optional.of(count == 0 ? NONE : new ByteRange(size - count, size - 1));
    }
    long first = Long.parseLong(range.group(1));
    long last = range.group(2).isEmpty() ? size - 1 : Long.parseLong(range.group(2));
    if (last < first && !range.group(2).isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(first >= size ? NONE : new ByteRange(first, Math.min(last, size - 1)));
  }

  public boolean isEmpty() {
    return last < first;
  }

  public long length() {
    return last - first + 1;
  }
}
