package io.millrace.augmentation.preview;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** How much is previewed at a time. */
@ConfigMapping(prefix = "millrace.preview")
interface PreviewConfig {
  /** Sheets made at a time, each with at most 16 million pixels in memory; 1 at least. */
  @WithDefault("2")
  int atATime();
}
