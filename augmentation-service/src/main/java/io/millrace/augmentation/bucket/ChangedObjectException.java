package io.millrace.augmentation.bucket;

/** An object is not any more what the listing says. */
final class ChangedObjectException extends BucketException {
  private static final long serialVersionUID = 1L;

  ChangedObjectException(String message) {
    super(message);
  }
}
