package io.millrace.trainer.store;

import io.millrace.storage.S3Access;
import java.net.URI;
import java.util.Optional;

/** Access to an S3 server on this machine. */
public final class LocalS3 {
  private LocalS3() {}

  /** Access with a secret key that must not be printed. */
  public static S3Access at(URI endpoint) {
    return new S3Access(
        Optional.of(endpoint), "us-east-1", true, Optional.of("key"), Optional.of("hidden"));
  }
}
