package io.millrace.augmentation.intake;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Where data sets lie, and what they may take at most. */
@ConfigMapping(prefix = "millrace.datasets")
interface DatasetsConfig {
  /** Folders of data sets; the first that has a name wins. */
  Optional<List<Path>> roots();

  /** Decoded images kept in memory; at most half of the heap. */
  @WithDefault("384M")
  MemorySize cacheBytes();

  /** Pixels of one image file, before it is resampled; and of all that are decoded at a time. */
  @WithDefault("64000000")
  long maxImagePixels();

  /** One IDX file, unpacked; it is held in memory while its data set is in use. */
  @WithDefault("128M")
  MemorySize maxIdxBytes();

  /** One CSV file. */
  @WithDefault("64M")
  MemorySize maxCsvBytes();
}
