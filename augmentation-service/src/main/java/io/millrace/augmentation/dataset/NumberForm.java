package io.millrace.augmentation.dataset;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number format. Not thread-safe.
 *
 * @param decimal the decimal separator: {@code .} or {@code ,}
 * @param thousands the optional thousands separator: {@code ,}, {@code .}, a blank or an
 *     apostrophe; {@link #NONE} for none
 * @param matcher for a number without a percent sign; it is reused
 */
record NumberForm(char decimal, char thousands, Matcher matcher) {
  private static final char NONE = 0;

  /** All formats, the most likely first. */
  private static final List<NumberForm> ALL =
      List.of(
          of('.', NONE),
          of('.', ','),
          of('.', ' '),
          of('.', '\''),
          of(',', NONE),
          of(',', '.'),
          of(',', ' '),
          of(',', '\''));

  private static NumberForm of(char decimal, char thousands) {
    String group =
        switch (thousands) {
          case NONE -> "";
          case ' ' -> "[ \u00A0\u202F\u2009]";
          case '\'' -> "['\u2019]";
          default -> Pattern.quote(String.valueOf(thousands));
        };
    String whole = thousands == NONE ? "\\d+" : "(?:\\d{1,3}(?:" + group + "\\d{3})+|\\d+)";
    String point = Pattern.quote(String.valueOf(decimal));
    return new NumberForm(
        decimal,
        thousands,
        Pattern.compile(
                "[+-]?(?:" + whole + "(?:" + point + "\\d*)?|" + point + "\\d+)(?:[eE][+-]?\\d+)?")
            .matcher(""));
  }

  /**
   * The formats that a request allows.
   *
   * @param options the options of the request
   */
  static List<NumberForm> of(CsvSpelling options) {
    var allowed = new ArrayList<NumberForm>();
    for (NumberForm form : ALL) {
      boolean isDecimal = options.decimal() == null || options.decimal().charAt(0) == form.decimal;
      boolean isThousands =
          options.thousands() == null || options.thousands().charAt(0) == form.thousands;
      if (isDecimal && isThousands) {
        Pattern pattern = form.matcher.pattern();
        allowed.add(new NumberForm(form.decimal, form.thousands, pattern.matcher("")));
      }
    }
    return allowed;
  }

  /** Whether it is the most common format: {@code -1234.5e3}. */
  boolean isPlain() {
    return decimal == '.' && thousands == NONE;
  }

  /** Whether a cell ends with a percent sign. */
  static boolean isPercent(String cell) {
    return cell.endsWith("%");
  }

  /** Whether a cell is a number in this format, with or without a percent sign. */
  boolean matches(String cell) {
    return matcher.reset(withoutPercent(cell)).matches();
  }

  /** Parses a cell to a finite number, with the percent sign ignored; NaN if the cell has none. */
  double parse(String cell) {
    String text = withoutPercent(cell);
    if (!matcher.reset(text).matches()) {
      return Double.NaN;
    }
    double parsed = Double.parseDouble(isPlain() ? text : plain(text));
    return Double.isFinite(parsed) ? parsed : Double.NaN;
  }

  private String plain(String text) {
    var plain = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == decimal) {
        plain.append('.');
      } else if (c < 128 && Character.isLetterOrDigit(c) || c == '+' || c == '-') {
        plain.append(c);
      }
    }
    return plain.toString();
  }

  private static String withoutPercent(String cell) {
    return isPercent(cell) ? cell.substring(0, cell.length() - 1).strip() : cell;
  }
}
