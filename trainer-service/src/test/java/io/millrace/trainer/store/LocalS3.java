package io.millrace.trainer.store;

import io.millrace.storage.S3Access;
import java.net.URI;
import java.util.Optional;

/** How tests reach an S3 server of this machine. */
public final class LocalS3 {
  private LocalS3() {}

  /** With keys of which the secret one must not be seen. */
  public static S3Access at(URI endpoint) {
    return new S3Access(
        Optional.of(endpoint), "us-east-1", true, Optional.of("key"), Optional.of("hidden"));
  }
}
