package io.millrace.augmentation.dataset;

import io.millrace.contracts.request.IsoTime;
import io.millrace.contracts.request.IsoTime.Precision;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parses dates by a pattern of Python's {@code strptime}, see {@link
 * io.millrace.contracts.request.SeriesSpelling}: numbers may lack leading zeros, names may be in
 * any case, and the two-digit years 69..99 are 19xx.
 */
final class DatePattern {
  private static final int CENTURY = 100;
  private static final int PIVOT = 69;
  private static final int HALF_DAY = 12;

  private final Matcher matcher;

  /** The regular expression's group of each directive in the pattern. */
  private final Map<Character, Integer> groups = new HashMap<>();

  DatePattern(String format) {
    var regex = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c == '%' && format.charAt(i + 1) == '%') {
        i++;
        regex.append('%');
      } else if (c == '%') {
        char directive = format.charAt(++i);
        groups.put(directive, groups.size() + 1);
        regex.append('(').append(digits(directive)).append(')');
      } else if (Character.isWhitespace(c)) {
        regex.append("\\s+");
      } else {
        regex.append(Pattern.quote(String.valueOf(c)));
      }
    }
    matcher = Pattern.compile(regex.toString(), Pattern.CASE_INSENSITIVE).matcher("");
  }

  private static String digits(char directive) {
    return switch (directive) {
      case 'Y' -> "\\d{4}";
      case 'y' -> "\\d{2}";
      case 'j' -> "\\d{1,3}";
      case 'f' -> "\\d{1,6}";
      case 'b', 'B' -> DateForm.MONTH_NAMES;
      case 'p' -> "am|pm";
      case 'z' -> "Z|[+-]\\d\\d:?\\d\\d";
      default -> "\\d{1,2}";
    };
  }

  /**
   * Parses a text to a code of {@link DateColumn}; {@link DateColumn#NONE} if it does not match.
   */
  long parse(String text) {
    if (text.length() > DateForm.LENGTH || !matcher.reset(text).matches()) {
      return DateColumn.NONE;
    }
    try {
      LocalDateTime time =
          day().atTime(hour(), number('M', 0), number('S', 0), IsoTime.nanos(group('f')));
      if (groups.containsKey('z')) {
        int ahead = IsoTime.zone(group('z')).getTotalSeconds();
        return DateColumn.code(time.minusSeconds(ahead), Precision.ZONED);
      }
      return DateColumn.code(time, precision());
    } catch (DateTimeException e) {
      return DateColumn.NONE; // A day that does not exist.
    }
  }

  private LocalDate day() {
    int year = number('Y', 0);
    if (!groups.containsKey('Y')) {
      int short2 = number('y', 0);
      year = short2 + (short2 < PIVOT ? 20 : 19) * CENTURY;
    }
    if (groups.containsKey('j')) {
      return LocalDate.ofYearDay(year, number('j', 1));
    }
    String name = groups.containsKey('b') ? group('b') : group('B');
    int month = name == null ? number('m', 1) : DateForm.month(name);
    return LocalDate.of(year, month, number('d', 1));
  }

  private int hour() {
    if (!groups.containsKey('I')) {
      return number('H', 0);
    }
    int hour = number('I', HALF_DAY);
    if (hour < 1 || hour > HALF_DAY) {
      throw new DateTimeException("not an hour of the 12-hour clock");
    }
    String half = group('p');
    return hour % HALF_DAY + (half != null && half.equalsIgnoreCase("pm") ? HALF_DAY : 0);
  }

  private Precision precision() {
    if (groups.containsKey('H') || groups.containsKey('I')) {
      return Precision.LOCAL;
    }
    return groups.containsKey('d') || groups.containsKey('j') ? Precision.DAY : Precision.MONTH;
  }

  private int number(char directive, int absent) {
    String digits = group(directive);
    return digits == null ? absent : Integer.parseInt(digits);
  }

  private String group(char directive) {
    Integer group = groups.get(directive);
    return group == null ? null : matcher.group(group);
  }
}
