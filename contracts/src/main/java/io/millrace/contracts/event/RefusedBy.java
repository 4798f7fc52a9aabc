package io.millrace.contracts.event;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.millrace.contracts.json.EnumNames;
import java.util.Arrays;

/** The service that refused a request. */
public enum RefusedBy {
  /**
   * Admission, before the request entered the queue. A queued run with the same id stays queued.
   */
  DESK,
  /** A trainer, after it took the request from the queue. */
  TRAINER;

  /** The name in a message. */
  @JsonValue
  public String json() {
    return EnumNames.json(this);
  }

  /**
   * Null for a name that this version does not know, so that events of later versions stay
   * readable.
   */
  @JsonCreator
  static RefusedBy parse(String text) {
    return Arrays.stream(values()).filter(one -> one.json().equals(text)).findFirst().orElse(null);
  }
}
