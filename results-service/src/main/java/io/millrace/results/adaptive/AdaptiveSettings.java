package io.millrace.results.adaptive;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How often open plans are looked at. */
@ConfigMapping(prefix = "millrace.adaptive")
public interface AdaptiveSettings {
  /** The time between two looks at all sweeps that run until it is decided, and all searches. */
  @WithDefault("2s")
  Duration every();

  /** The most of them that are looked at each time; those first that have waited longest. */
  @WithDefault("100")
  int plans();

  /** The most runs that a look at one of them asks for; the next look asks for the others. */
  @WithDefault("200")
  int runs();
}
