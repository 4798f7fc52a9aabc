package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.millrace.contracts.json.EnumNames;

/** Which way a monitored metric gets better. */
public enum MonitorMode {
  /** As the metric's own nature is. */
  AUTO,
  /** Down. */
  MIN,
  /** Up. */
  MAX;

  /** The name in a message. */
  @JsonValue
  public String json() {
    return EnumNames.json(this);
  }

  @JsonCreator
  static MonitorMode parse(String text) {
    return EnumNames.parse(MonitorMode.class, text);
  }
}
