package io.millrace.results.live;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Bounds of the streams. */
@ConfigMapping(prefix = "millrace.streams")
public interface StreamLimits {
  /** The most streams that are open at a time. */
  @WithDefault("200")
  int max();

  /** The least time between two looks at the database, for each stream. */
  @WithDefault("250ms")
  Duration pause();

  /** The most time between two looks: for what is not told while nothing listens. */
  @WithDefault("3s")
  Duration poll();

  /** How often a stream on which nothing happens says that it lives. */
  @WithDefault("15s")
  Duration heartbeat();

  /** For how long a reader may leave an event unread before its stream is closed. */
  @WithDefault("10s")
  Duration patience();
}
