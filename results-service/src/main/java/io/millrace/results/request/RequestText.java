package io.millrace.results.request;

import io.millrace.contracts.json.Messages;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Reads requests from query results. */
public final class RequestText {
  private RequestText() {}

  /** Parses a JSON column that was cast to text. */
  @SuppressWarnings("unchecked")
  public static Map<String, Object> read(String json) {
    return Messages.read(json.getBytes(StandardCharsets.UTF_8), Map.class);
  }
}
