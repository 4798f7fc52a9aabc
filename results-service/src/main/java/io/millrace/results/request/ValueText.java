package io.millrace.results.request;

import io.millrace.contracts.Check;
import java.util.List;
import java.util.Map;

/** Writes a value of a request for people: {@code Dropout(rate=0.5)}, {@code [3, 3]}. */
public final class ValueText {
  /** The maximum number of characters of a value in a line. */
  private static final int MAX_SHOWN = 80;

  /** The maximum number of characters of a value that is not shortened. */
  private static final int MAX_WHOLE = 2_000;

  private ValueText() {}

  /** The text, shortened to fit a line. */
  public static String of(Object value) {
    return Check.cut(write(value, MAX_SHOWN + 1), MAX_SHOWN);
  }

  /** The value itself, or shortened text if it is long. */
  public static Object bounded(Object value) {
    if (!(value instanceof Map || value instanceof List || value instanceof String)) {
      return value;
    }
    String text = write(value, MAX_WHOLE + 1);
    return text.length() > MAX_WHOLE ? Check.cut(text, MAX_SHOWN) : value;
  }

  /** The type of an object, by its Keras name; null if it has none. */
  static String type(Object value) {
    if (value instanceof Map<?, ?> object) {
      Object type = object.get("type");
      return (type == null ? object.get("class_name") : type) instanceof String name ? name : null;
    }
    return null;
  }

  /** Writes a value; stops soon after {@code enough} characters. */
  private static String write(Object value, int enough) {
    var text = new StringBuilder();
    append(text, value, enough);
    return text.toString();
  }

  private static void append(StringBuilder text, Object value, int enough) {
    if (text.length() >= enough) {
      return;
    }
    if (value instanceof Map<?, ?> object) {
      String type = type(value);
      text.append(type == null ? "{" : type + "(");
      String separator = "";
      for (Map.Entry<?, ?> field : object.entrySet()) {
        if (isShown(field) && text.length() < enough) {
          text.append(separator).append(field.getKey()).append('=');
          append(text, field.getValue(), enough);
          separator = ", ";
        }
      }
      text.append(type == null ? "}" : ")");
    } else if (value instanceof List<?> list) {
      text.append('[');
      for (int i = 0; i < list.size() && text.length() < enough; i++) {
        text.append(i == 0 ? "" : ", ");
        append(text, list.get(i), enough);
      }
      text.append(']');
    } else {
      String plain = String.valueOf(value);
      text.append(plain, 0, Math.min(plain.length(), enough));
    }
  }

  private static boolean isShown(Map.Entry<?, ?> field) {
    return field.getValue() != null
        && !field.getKey().equals("type")
        && !field.getKey().equals("class_name");
  }
}
