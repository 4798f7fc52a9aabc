package io.millrace.augmentation.dataset;

import io.millrace.contracts.InvalidMessageException;
import java.io.IOException;

/** Reads all files of a data set in slices. Not thread-safe. */
interface Examination {

  /**
   * Reads for some milliseconds, or one file.
   *
   * @return the facts, or null if there is more to read
   * @throws InvalidMessageException if the files are not a valid data set
   * @throws IOException if the system cannot read them
   */
  DatasetFacts step() throws IOException;

  /** The approximate number of bytes left to read. */
  long remaining();

  /** The digests of the files that were read, for the next examination. */
  default FileDigests digests() {
    return new FileDigests();
  }

  /** An examination in a single step. */
  record Whole(long remaining, Reading reading) implements Examination {
    /** Reads the files. */
    @FunctionalInterface
    interface Reading {
      DatasetFacts read() throws IOException;
    }

    @Override
    public DatasetFacts step() throws IOException {
      return reading.read();
    }
  }
}
