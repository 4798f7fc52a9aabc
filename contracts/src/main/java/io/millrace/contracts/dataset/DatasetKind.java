package io.millrace.contracts.dataset;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.millrace.contracts.json.EnumNames;

/** What a data set holds. */
public enum DatasetKind {
  /** Images in classes. */
  IMAGES,
  /** Columns of numbers, in the order of time. */
  SERIES;

  /** The name in a message. */
  @JsonValue
  public String json() {
    return EnumNames.json(this);
  }

  @JsonCreator
  static DatasetKind parse(String text) {
    return EnumNames.parse(DatasetKind.class, text);
  }
}
