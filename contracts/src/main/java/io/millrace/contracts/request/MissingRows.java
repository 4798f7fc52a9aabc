package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.millrace.contracts.json.EnumNames;

/** What becomes of the rows of a table in which a value is missing. */
public enum MissingRows {
  /** The data set is refused. */
  REFUSE,
  /** They are left out. */
  DROP_ROWS;

  /** The name in a message. */
  @JsonValue
  public String json() {
    return EnumNames.json(this);
  }

  @JsonCreator
  static MissingRows parse(String text) {
    return EnumNames.parse(MissingRows.class, text);
  }
}
