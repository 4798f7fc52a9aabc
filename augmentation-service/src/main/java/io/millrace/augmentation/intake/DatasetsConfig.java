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
  /** Folders of data sets, of which the first that has a name wins; none for the samples alone. */
  Optional<List<Path>> roots();

  /** Decoded images kept in memory; at most half of the heap. */
  @WithDefault("384M")
  MemorySize cacheBytes();

  /**
   * Decoded images that find no room in memory, in a file without a name, which is gone with the
   * process; 0 for none.
   */
  @WithDefault("0")
  MemorySize spillBytes();

  /** Where that file lies; the system's folder for temporary files where absent. */
  Optional<Path> spillFolder();

  /**
   * Of one image file, before it is resampled, and of all that are decoded at a time; larger files
   * are left out.
   */
  @WithDefault("64000000")
  long maxImagePixels();

  /**
   * An image that proves broken only when it is decoded fails its task; with {@code skip} all are
   * decoded when their data set is opened, and broken ones left out. The same at all augmenters.
   */
  @WithDefault("fail")
  BrokenImages onBrokenImage();

  /**
   * One IDX file, unpacked, or array of a .npz file. It stays in memory while its data set is in
   * use, which eight at most are.
   */
  @WithDefault("128M")
  MemorySize maxIdxBytes();

  /** One CSV file. */
  @WithDefault("64M")
  MemorySize maxCsvBytes();
}
