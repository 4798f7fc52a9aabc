package io.millrace.augmentation.intake;

import io.smallrye.config.ConfigMapping;
import java.util.Optional;
import java.util.OptionalInt;

/** How much is done at a time. */
@ConfigMapping(prefix = "millrace.augmentation")
interface AugmentationSettings {
  /**
   * Tasks worked on at a time, each with one batch (at most 34 MiB, 37 MiB of statistics) in
   * memory; by default as many as there are cores.
   */
  OptionalInt workers();

  /**
   * The name under which this augmenter announces its data sets, the same after a restart; by
   * default the host's name. Augmenters with the same roots may share one, augmenters with other
   * roots may not.
   */
  Optional<String> id();
}
