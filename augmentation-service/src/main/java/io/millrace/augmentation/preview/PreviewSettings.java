package io.millrace.augmentation.preview;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** The settings of previews. */
@ConfigMapping(prefix = "millrace.preview")
interface PreviewSettings {
  /**
   * The maximum number of previews that are made in parallel, 1..64; each takes at most 150 MiB of
   * memory.
   */
  @WithDefault("2")
  int atATime();
}
