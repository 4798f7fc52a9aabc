package io.millrace.augmentation.dataset;

import io.millrace.contracts.InvalidMessageException;
import java.io.IOException;

/** Reads all files of a data set, some at a time. By one thread at a time. */
interface Examination {

  /**
   * Reads on for some milliseconds, or through one file.
   *
   * @return what is in the files, or null where there is more to read
   * @throws InvalidMessageException where they make no data set
   * @throws IOException where the system does not give them
   */
  DatasetFacts step() throws IOException;

  /** The bytes that are left to read, about. */
  long remaining();

  /** The digests of the files that were read, for the next one. */
  default FileDigests digests() {
    return new FileDigests();
  }

  /** Reads all in one step. */
  record Whole(long remaining, Reading reading) implements Examination {
    /** What is read. */
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
