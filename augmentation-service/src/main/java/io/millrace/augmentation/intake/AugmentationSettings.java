package io.millrace.augmentation.intake;

import io.smallrye.config.ConfigMapping;
import java.util.Optional;
import java.util.OptionalInt;

/** The settings of the tasks' workers. */
@ConfigMapping(prefix = "millrace.augmentation")
interface AugmentationSettings {
  /**
   * The number of tasks processed in parallel, each with one batch in memory (at most 34 MiB, or 37
   * MiB for statistics); by default the number of cores.
   */
  OptionalInt workers();

  /**
   * The name under which this augmentation service announces its data sets. It must stay the same
   * after a restart. The default is the host name. Services with the same roots may share a name;
   * services with different roots must not.
   */
  Optional<String> id();
}
