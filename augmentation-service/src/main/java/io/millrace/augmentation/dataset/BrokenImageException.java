package io.millrace.augmentation.dataset;

import java.io.IOException;

/** A file's bytes are no image, whoever reads them and however often. */
final class BrokenImageException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * The complaint about a file.
   *
   * @param reason what is wrong with "it"
   */
  BrokenImageException(String reason) {
    super(reason);
  }
}
