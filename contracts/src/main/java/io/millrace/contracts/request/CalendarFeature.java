package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.millrace.contracts.json.EnumNames;

/** A feature of a row's date: the sine and the cosine of a position in a cycle. */
public enum CalendarFeature {
  /** The time of day: a cycle of 24 hours. */
  HOUR,
  /** The day of the week and the time of day: a cycle of 7 days that begins on Monday. */
  WEEKDAY,
  /** The month of the year: a cycle of 12, January 0. */
  MONTH;

  /** The name in a message. */
  @JsonValue
  public String json() {
    return EnumNames.json(this);
  }

  @JsonCreator
  static CalendarFeature parse(String text) {
    return EnumNames.parse(CalendarFeature.class, text);
  }
}
