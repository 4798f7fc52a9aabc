package io.millrace.results.adaptive;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How often sweeps with adaptive seeds and searches are checked. */
@ConfigMapping(prefix = "millrace.adaptive")
public interface AdaptiveSettings {
  /** The time between two checks of the sweeps with adaptive seeds and the searches. */
  @WithDefault("2s")
  Duration every();

  /** The maximum number of sweeps and searches per check; the longest waiting come first. */
  @WithDefault("100")
  int plans();

  /**
   * The maximum number of runs that one check of a sweep or search requests; the next check
   * requests the others.
   */
  @WithDefault("200")
  int runs();
}
