package io.millrace.results.model;

import io.millrace.contracts.InvalidMessageException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/**
 * Models in a bucket of Amazon's S3 or of a server that speaks its protocol.
 *
 * @param prefix of all names, empty or ending in {@code /}
 */
record BucketModels(S3Client client, String bucket, String prefix) implements ModelStore {
  private static final Pattern ADDRESS = Pattern.compile("s3://([^/]+)(?:/(.*?))?/*");
  private static final Duration SILENCE = Duration.ofSeconds(10);

  /**
   * The models at an address. Nothing is asked of the server yet.
   *
   * @param key the setting's name, for an error
   * @param address {@code s3://bucket/prefix}
   */
  static BucketModels at(String key, String address, ModelSettings.S3 access) {
    Matcher parts = ADDRESS.matcher(address);
    if (!parts.matches()) {
      throw new InvalidMessageException(
          key, "'" + address + "' names no bucket; give s3://bucket/prefix, or a folder");
    }
    String prefix = parts.group(2) == null ? "" : parts.group(2);
    return new BucketModels(client(access), parts.group(1), prefix.isEmpty() ? "" : prefix + "/");
  }

  private static S3Client client(ModelSettings.S3 access) {
    var builder =
        S3Client.builder()
            .httpClientBuilder(
                UrlConnectionHttpClient.builder().socketTimeout(SILENCE).connectionTimeout(SILENCE))
            .region(Region.of(access.region()))
            .forcePathStyle(access.pathStyle())
            // Parts have none, and the reader knows the whole's digest.
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED);
    access.endpoint().ifPresent(builder::endpointOverride);
    builder.credentialsProvider(
        access.accessKey().isPresent()
            ? StaticCredentialsProvider.create(
                AwsBasicCredentials.create(access.accessKey().get(), access.secretKey().orElse("")))
            : DefaultCredentialsProvider.builder().build());
    return builder.build();
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
      throw new StoreAwayException("the bucket " + bucket, e);
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
      throw new StoreAwayException("the bucket " + bucket, e);
    }
  }
}
