package io.millrace.storage;

import java.net.URI;
import java.util.Optional;

/**
 * The connection to an S3 server.
 *
 * @param endpoint the server's address; empty for Amazon's endpoint of the region
 * @param region the region of the bucket; other servers accept any
 * @param pathStyle whether the bucket is part of the path instead of the host name
 * @param accessKey empty for the AWS SDK's default chain: environment, profile, role
 * @param secretKey the secret of the access key
 */
public record S3Access(
    Optional<URI> endpoint,
    String region,
    boolean pathStyle,
    Optional<String> accessKey,
    Optional<String> secretKey) {

  /** Omits the keys, because logs may include this text. */
  @Override
  public String toString() {
    return endpoint.map(URI::toString).orElse("Amazon S3") + " in " + region;
  }
}
