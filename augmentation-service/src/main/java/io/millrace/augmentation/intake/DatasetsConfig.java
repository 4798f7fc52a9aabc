package io.millrace.augmentation.intake;

import io.millrace.augmentation.dataset.BrokenImages;
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

  /** Decoded images that find no room in memory, in a file; 0 for none. */
  @WithDefault("0")
  MemorySize spillBytes();

  /** Where that file lies; the system's folder for temporary files where absent. */
  Optional<Path> spillFolder();

  /** Pixels of one image file, before it is resampled; and of all that are decoded at a time. */
  @WithDefault("64000000")
  long maxImagePixels();

  /** What becomes of image files whose header is right and whose data are not. */
  @WithDefault("fail")
  BrokenImages onBrokenImage();

  /** One IDX file, unpacked; it is held in memory while its data set is in use. */
  @WithDefault("128M")
  MemorySize maxIdxBytes();

  /** One CSV file. */
  @WithDefault("64M")
  MemorySize maxCsvBytes();
}
