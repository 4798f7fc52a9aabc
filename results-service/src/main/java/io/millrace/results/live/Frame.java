package io.millrace.results.live;

/**
 * An event of a stream.
 *
 * @param event {@code steps}, {@code log} or {@code run}; null for a heartbeat
 * @param id the reader's position after it
 * @param data its content
 */
public record Frame(String event, String id, Object data) {
  static final Frame HEARTBEAT = new Frame(null, null, null);

  /** Whether it only shows that the stream is alive. */
  public boolean isHeartbeat() {
    return event == null;
  }
}
