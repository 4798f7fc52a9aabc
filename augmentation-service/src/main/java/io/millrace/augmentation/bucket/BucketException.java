package io.millrace.augmentation.bucket;

import java.io.IOException;

/** A bucket or an object cannot be read. The message is complete and can be shown to users. */
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
