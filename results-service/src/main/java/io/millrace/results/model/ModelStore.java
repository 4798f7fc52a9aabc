package io.millrace.results.model;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.OptionalLong;

/** The store in which trainers save their models. All methods block. */
public sealed interface ModelStore permits FolderModels, BucketModels {

  /**
   * The size of a file; empty if it does not exist.
   *
   * @param name as in the run's event
   * @throws ModelStoreUnavailableException if the store is unavailable
   */
  OptionalLong bytes(String name);

  /**
   * A part of an existing file.
   *
   * @param first the index of its first byte
   * @param length at least 1; 0 for an empty file
   * @throws ModelStoreUnavailableException if the store is unavailable
   */
  Body body(String name, long first, long length);

  /** The bytes to send. */
  sealed interface Body {
    /** Bytes in a file. */
    record InFile(Path file, long first, long length) implements Body {}

    /** Bytes from a stream, which the reader closes. */
    record Flowing(InputStream bytes) implements Body {}
  }
}
