package io.millrace.augmentation.preview;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** How much is previewed at a time. */
@ConfigMapping(prefix = "millrace.preview")
interface PreviewSettings {
  /**
   * Sheets of augmented samples made at a time, each with at most 150 MiB in memory; 1 at least.
   */
  @WithDefault("2")
  int atATime();
}
