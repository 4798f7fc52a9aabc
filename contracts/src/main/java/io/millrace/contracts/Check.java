package io.millrace.contracts;

import java.util.Collection;
import java.util.regex.Pattern;

/** Checks of single values, each with an error that names the field and says what is right. */
public final class Check {
  private static final int MAX_NAME = 100;
  private static final int MAX_CUT = 60;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

  private Check() {}

  /** The value; null is an error. */
  public static <T> T required(String field, T value) {
    if (value == null) {
      throw new InvalidMessageException(field, "is required");
    }
    return value;
  }

  /** The value, or the default if it is null. */
  public static <T> T orElse(T value, T defaultValue) {
    return value == null ? defaultValue : value;
  }

  /** An integer within {@code min..max}, both included. */
  public static int range(String field, Integer value, int min, int max) {
    required(field, value);
    if (value < min || value > max) {
      throw new InvalidMessageException(
          field, value + " is out of range; give " + (min == max ? "" + min : min + ".." + max));
    }
    return value;
  }

  /** A finite number within {@code min..max}, both included. */
  public static double range(String field, Double value, double min, double max) {
    required(field, value);
    if (!(value >= min && value <= max)) {
      throw new InvalidMessageException(
          field, plain(value) + " is out of range; give " + plain(min) + ".." + plain(max));
    }
    return value;
  }

  /** A finite number within {@code min..max}, the upper end excluded. */
  public static double below(String field, Double value, double min, double max) {
    required(field, value);
    if (!(value >= min && value < max)) {
      throw new InvalidMessageException(
          field,
          plain(value)
              + " is out of range; give a number from "
              + plain(min)
              + " up to but not including "
              + plain(max));
    }
    return value;
  }

  /** A finite number above {@code min} and at most {@code max}. */
  public static double above(String field, Double value, double min, double max) {
    required(field, value);
    if (!(value > min && value <= max)) {
      throw new InvalidMessageException(
          field,
          plain(value)
              + " is out of range; give a number above "
              + plain(min)
              + ", at most "
              + plain(max));
    }
    return value;
  }

  /** A finite number above {@code min} and below {@code max}. */
  public static double between(String field, Double value, double min, double max) {
    required(field, value);
    if (!(value > min && value < max)) {
      throw new InvalidMessageException(
          field,
          plain(value)
              + " is out of range; give a number above "
              + plain(min)
              + " and below "
              + plain(max));
    }
    return value;
  }

  /**
   * A name as used for runs, experiments, variants and data sets: 1 to 100 of the characters {@code
   * A-Z a-z 0-9 . _ -}, the first a letter or digit. It is safe as part of a topic's or a file's
   * name.
   */
  public static String name(String field, String value) {
    required(field, value);
    if (value.length() > MAX_NAME || !NAME.matcher(value).matches()) {
      throw new InvalidMessageException(
          field,
          quote(value)
              + " is not a name; give 1 to 100 letters, digits, '.', '_' or '-', the first a letter"
              + " or digit");
    }
    return value;
  }

  /** Free text of 1 to {@code max} characters. */
  public static String text(String field, String value, int max) {
    required(field, value);
    if (value.isBlank()) {
      throw new InvalidMessageException(field, "is blank; give 1.." + max + " characters");
    }
    if (value.length() > max) {
      throw new InvalidMessageException(
          field, "has " + value.length() + " characters; give 1.." + max);
    }
    return value;
  }

  /** A list of {@code min..max} elements without nulls. */
  public static <T, C extends Collection<T>> C size(String field, C value, int min, int max) {
    required(field, value);
    if (value.size() < min || value.size() > max) {
      throw new InvalidMessageException(
          field, "has " + count(value.size(), "element") + "; give " + min + ".." + max);
    }
    int i = 0;
    for (T element : value) {
      required(field + "[" + i++ + "]", element);
    }
    return value;
  }

  /** So many things: {@code 1 epoch}, {@code 2 epochs}. */
  public static String count(long many, String thing) {
    return count(many, thing, thing + "s");
  }

  /** So many things, of which several have a name of their own: {@code 2 classes}. */
  public static String count(long many, String thing, String things) {
    return many + " " + (many == 1 ? thing : things);
  }

  /** The value in quotes, cut to a length that fits an error, all of it to be seen. */
  public static String quote(String value) {
    return "'" + cut(value) + "'";
  }

  /** The text, cut to a length that fits an error, all of it to be seen. */
  public static String cut(String text) {
    return cut(text, MAX_CUT);
  }

  /** The text, cut to a length, all of it to be seen. */
  public static String cut(String text, int length) {
    return text.length() <= length ? visible(text) : visible(text.substring(0, length - 3)) + "...";
  }

  /**
   * The text on one line that shows what is in it: line breaks, escapes of terminals, marks that
   * turn the direction of writing, and halves of surrogate pairs are written as JSON escapes them.
   */
  public static String visible(String text) {
    if (text.codePoints().noneMatch(Check::isHidden)) {
      return text;
    }
    var visible = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            character -> {
              if (character == '\n') {
                visible.append("\\n");
              } else if (!isHidden(character)) {
                visible.appendCodePoint(character);
              } else {
                for (char half : Character.toChars(character)) {
                  visible.append(String.format("\\u%04x", (int) half));
                }
              }
            });
    return visible.toString();
  }

  private static boolean isHidden(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      default -> false;
    };
  }

  /** The number as a user writes it: without a fraction where it has none. */
  public static String plain(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
