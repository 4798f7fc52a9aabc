package io.millrace.augmentation.dataset;

import java.io.IOException;

/** The bytes of a file are not a valid image, so that reading it again does not help. */
final class BrokenImageException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception for a file.
   *
   * @param reason a sentence about the file, which it calls "it"
   */
  BrokenImageException(String reason) {
    super(reason);
  }
}
