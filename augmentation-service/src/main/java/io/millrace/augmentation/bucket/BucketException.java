package io.millrace.augmentation.bucket;

import java.io.IOException;

/** A bucket or an object cannot be read; the message says all that a user needs to know. */
class BucketException extends IOException {
  private static final long serialVersionUID = 1L;

  BucketException(String message) {
    super(message);
  }

  BucketException(String message, Throwable cause) {
    super(message, cause);
  }

  @Override
  public String toString() {
    return getMessage();
  }
}
