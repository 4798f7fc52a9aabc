package io.millrace.contracts;

/**
 * A message that cannot be understood or holds a value out of its range. The message of the
 * exception is meant for the user: {@code dataset.image_size[1]: 0 is not a size; give 1..4096}. It
 * is one line, whatever the message held.
 */
public final class InvalidMessageException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private static final int MAX_FIELD = 500;
  private static final int MAX_REASON = 2_000;

  private final String field;
  private final String reason;

  /**
   * @param field the field's path from where the exception is thrown, such as {@code
   *     image_size[1]}; empty where the message as a whole is meant
   * @param reason what was wrong and what is right
   */
  public InvalidMessageException(String field, String reason) {
    this(new Shown(Check.cut(field, MAX_FIELD), Check.cut(reason, MAX_REASON)));
  }

  private InvalidMessageException(Shown shown) {
    super(shown.field.isEmpty() ? shown.reason : shown.field + ": " + shown.reason);
    field = shown.field;
    reason = shown.reason;
  }

  /** The two as they are told: on one line, of a length that fits a log. */
  private record Shown(String field, String reason) {}

  /** The path of the field, such as {@code model.layers[2].units}; empty for the whole message. */
  public String field() {
    return field;
  }

  /** What was wrong with it and what would be right. */
  public String reason() {
    return reason;
  }

  /** The same complaint, seen from one level further out. */
  public InvalidMessageException within(String outer) {
    if (outer.isEmpty()) {
      return this;
    }
    String path =
        field.isEmpty() ? outer : field.startsWith("[") ? outer + field : outer + "." + field;
    return new InvalidMessageException(path, reason);
  }
}
