package io.millrace.results.query;

import io.millrace.contracts.json.Messages;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Requests as queries bring them. */
final class RequestText {
  private RequestText() {}

  /** A column of JSON that was cast to text. */
  @SuppressWarnings("unchecked")
  static Map<String, Object> read(String json) {
    return Messages.read(json.getBytes(StandardCharsets.UTF_8), Map.class);
  }
}
