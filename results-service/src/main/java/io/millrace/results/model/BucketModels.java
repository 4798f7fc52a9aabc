package io.millrace.results.model;

import io.millrace.storage.S3Access;
import io.millrace.storage.S3Clients;
import io.millrace.storage.StoreAddress;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/**
 * A model store in a bucket of Amazon S3 or of a compatible server.
 *
 * @param prefix of all names; empty or ending in {@code /}
 */
record BucketModels(S3Client client, String bucket, String prefix) implements ModelStore {
  private static final S3Clients.Patience PATIENCE =
      new S3Clients.Patience(Duration.ofSeconds(10), Duration.ofMinutes(10));

  /** The model store in a bucket. Sends no request to the server yet. */
  static BucketModels in(StoreAddress.Bucket bucket, S3Access access) {
    return new BucketModels(S3Clients.open(access, PATIENCE), bucket.name(), bucket.prefix());
  }

  @Override
  public OptionalLong bytes(String name) {
    if (List.of(name.split("/")).contains("..")) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(
          client.headObject(request -> request.bucket(bucket).key(prefix + name)).contentLength());
    } catch (NoSuchKeyException e) {
      return OptionalLong.empty();
    } catch (SdkException e) {
      throw new ModelStoreUnavailableException("the bucket " + bucket, e);
    }
  }

  @Override
  public Body body(String name, long first, long length) {
    try {
      return new Body.Flowing(
          client.getObject(
              request ->
                  request
                      .bucket(bucket)
                      .key(prefix + name)
                      .range(length == 0 ? null : "bytes=" + first + "-" + (first + length - 1))));
    } catch (SdkException e) {
      throw new ModelStoreUnavailableException("the bucket " + bucket, e);
    }
  }
}
