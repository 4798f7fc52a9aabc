package io.millrace.results.model;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.OptionalLong;

/** The store that the trainers put their models in. All of it blocks. */
public sealed interface ModelStore permits FolderModels, BucketModels {

  /**
   * How large a file is; empty where there is none of this name.
   *
   * @param name as the run's event tells it
   * @throws ModelStoreUnavailableException where the store cannot be asked
   */
  OptionalLong bytes(String name);

  /**
   * A part of a file that is there.
   *
   * @param first the place of its first byte
   * @param length at least 1, but for the whole of an empty file
   * @throws ModelStoreUnavailableException where the store cannot be asked
   */
  Body body(String name, long first, long length);

  /** Bytes to be sent. */
  sealed interface Body {
    /** They lie in a file. */
    record InFile(Path file, long first, long length) implements Body {}

    /** They come from elsewhere; who reads them closes it. */
    record Flowing(InputStream bytes) implements Body {}
  }
}
