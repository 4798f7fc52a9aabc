package io.millrace.augmentation.bucket;

/** An object has changed since it was listed. */
final class ChangedObjectException extends BucketException {
  private static final long serialVersionUID = 1L;

  ChangedObjectException(String message) {
    super(message);
  }
}
