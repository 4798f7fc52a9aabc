package io.millrace.storage;

import java.net.URI;
import java.util.Optional;

/**
 * How an S3 server is reached.
 *
 * @param endpoint its address; empty for Amazon's of the region
 * @param region of the bucket; other servers take any
 * @param pathStyle whether the bucket stands in the path and not in the host's name
 * @param accessKey empty for the AWS SDK's own chain: environment, profile, role
 * @param secretKey that belongs to it
 */
public record S3Access(
    Optional<URI> endpoint,
    String region,
    boolean pathStyle,
    Optional<String> accessKey,
    Optional<String> secretKey) {

  /** Without the keys: this may come into a log. */
  @Override
  public String toString() {
    return endpoint.map(URI::toString).orElse("Amazon S3") + " in " + region;
  }
}
