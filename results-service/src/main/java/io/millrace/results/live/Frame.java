package io.millrace.results.live;

/**
 * An event of a stream.
 *
 * @param event {@code steps}, {@code log} or {@code run}; null: nothing has happened, the stream
 *     lives
 * @param id the position that its reader has reached with it
 * @param data what it tells
 */
public record Frame(String event, String id, Object data) {
  static final Frame HEARTBEAT = new Frame(null, null, null);

  /** Whether it only says that the stream lives. */
  public boolean isHeartbeat() {
    return event == null;
  }
}
