package io.millrace.results.http;

import jakarta.ws.rs.core.HttpHeaders;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Downloads that are produced while they are read. */
public final class Download {
  private Download() {}

  /**
   * The headers of a download.
   *
   * @param truncated whether a limit cut it
   */
  public static Map<String, List<String>> headers(String fileName, boolean truncated) {
    var headers = new HashMap<String, List<String>>();
    headers.put(
        HttpHeaders.CONTENT_DISPOSITION, List.of("attachment; filename=\"" + fileName + "\""));
    if (truncated) {
      headers.put(Continuation.TRUNCATED, List.of("true"));
    }
    return headers;
  }
}
