package io.millrace.contracts.dataset;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.millrace.contracts.json.EnumNames;

/** The kind of data in a data set. */
public enum DatasetKind {
  /** Images in classes. */
  IMAGES,
  /** Columns of numbers over time. */
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
