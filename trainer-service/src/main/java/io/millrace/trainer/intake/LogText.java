package io.millrace.trainer.intake;

/** Text of a user, in one line of a log: what controls a terminal, or ends a line, is escaped. */
final class LogText {
  private LogText() {}

  /** The text on one line. */
  static String of(Object text) {
    var line = new StringBuilder();
    String.valueOf(text).codePoints().forEach(c -> append(line, c));
    return line.toString();
  }

  private static void append(StringBuilder line, int c) {
    int type = Character.getType(c);
    if (Character.isISOControl(c)
        || type == Character.FORMAT
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR) {
      line.append("\\u%04x".formatted(c));
    } else {
      line.appendCodePoint(c);
    }
  }
}
