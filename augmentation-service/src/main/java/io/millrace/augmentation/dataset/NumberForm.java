package io.millrace.augmentation.dataset;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A way to write numbers; for one thread at a time.
 *
 * @param decimal between the whole and the fraction: {@code .} or {@code ,}
 * @param thousands what may be between groups of three digits: {@code ,}, {@code .}, a blank or an
 *     apostrophe; {@link #NONE} for nothing
 * @param matcher of a number, without a percent sign; it is used again and again
 */
record NumberForm(char decimal, char thousands, Matcher matcher) {
  private static final char NONE = 0;

  /** All, the likeliest first. */
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
   * Those that a request allows.
   *
   * @param told what it says
   */
  static List<NumberForm> of(CsvSpelling told) {
    var allowed = new ArrayList<NumberForm>();
    for (NumberForm form : ALL) {
      boolean isDecimal = told.decimal() == null || told.decimal().charAt(0) == form.decimal;
      boolean isThousands =
          told.thousands() == null || told.thousands().charAt(0) == form.thousands;
      if (isDecimal && isThousands) {
        Pattern pattern = form.matcher.pattern();
        allowed.add(new NumberForm(form.decimal, form.thousands, pattern.matcher("")));
      }
    }
    return allowed;
  }

  /** Whether it is as most files have them: {@code -1234.5e3}. */
  boolean isPlain() {
    return decimal == '.' && thousands == NONE;
  }

  /** Whether a cell ends with a percent sign. */
  static boolean isPercent(String cell) {
    return cell.endsWith("%");
  }

  /** Whether a cell is a number of this form, with a percent sign or none. */
  boolean matches(String cell) {
    return matcher.reset(withoutPercent(cell)).matches();
  }

  /** The finite number that a cell holds, percent as such; not a number where it holds none. */
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
