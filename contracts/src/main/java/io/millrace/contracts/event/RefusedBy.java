package io.millrace.contracts.event;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.millrace.contracts.json.EnumNames;
import java.util.Arrays;

/** Who refused a request. */
public enum RefusedBy {
  /** The desk: it never came to the queue, and what waits there stays. */
  DESK,
  /** A trainer, which took it from the queue. */
  TRAINER;

  /** The name in a message. */
  @JsonValue
  public String json() {
    return EnumNames.json(this);
  }

  /** Null of a name that only later versions know: what they tell can still be read. */
  @JsonCreator
  static RefusedBy parse(String text) {
    return Arrays.stream(values()).filter(one -> one.json().equals(text)).findFirst().orElse(null);
  }
}
