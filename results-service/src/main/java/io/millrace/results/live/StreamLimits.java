package io.millrace.results.live;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Limits of the event streams. */
@ConfigMapping(prefix = "millrace.streams")
public interface StreamLimits {
  /** The maximum number of open streams. */
  @WithDefault("200")
  int max();

  /** The minimum time between two database reads of a stream. */
  @WithDefault("250ms")
  Duration pause();

  /**
   * The maximum time between two database reads of a stream, for changes whose notification is
   * lost.
   */
  @WithDefault("3s")
  Duration poll();

  /** The time after which an idle stream sends a heartbeat. */
  @WithDefault("15s")
  Duration heartbeat();

  /** How long a reader may leave an event unread before its stream is closed. */
  @WithDefault("10s")
  Duration patience();
}
