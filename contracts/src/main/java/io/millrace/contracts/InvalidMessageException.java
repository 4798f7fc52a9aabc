package io.millrace.contracts;

/**
 * A message that cannot be read, or that has an invalid value. The exception's message is meant for
 * the user and is always one line: {@code dataset.image_size[1]: 0 is out of range; give 1..4096}.
 */
public final class InvalidMessageException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private static final int MAX_FIELD = 500;
  private static final int MAX_REASON = 2_000;

  private final String field;
  private final String reason;

  /**
   * @param field the field's path relative to the object that is validated, such as {@code
   *     image_size[1]}; empty for the whole message
   * @param reason what is wrong, and what is right
   */
  public InvalidMessageException(String field, String reason) {
    this(new Shown(Check.cut(field, MAX_FIELD), Check.cut(reason, MAX_REASON)));
  }

  private InvalidMessageException(Shown shown) {
    super(shown.field.isEmpty() ? shown.reason : shown.field + ": " + shown.reason);
    field = shown.field;
    reason = shown.reason;
  }

  /** Field and reason on one line each, cut to a length that fits a log. */
  private record Shown(String field, String reason) {}

  /** The path of the field, such as {@code model.layers[2].units}; empty for the whole message. */
  public String field() {
    return field;
  }

  /** What is wrong, and what is right. */
  public String reason() {
    return reason;
  }

  /** The same error, with its field's path extended by the enclosing field. */
  public InvalidMessageException within(String outer) {
    if (outer.isEmpty()) {
      return this;
    }
    String path =
        field.isEmpty() ? outer : field.startsWith("[") ? outer + field : outer + "." + field;
    return new InvalidMessageException(path, reason);
  }
}
