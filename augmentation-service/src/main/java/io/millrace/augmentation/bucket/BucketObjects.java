package io.millrace.augmentation.bucket;

import io.millrace.storage.S3Access;
import io.millrace.storage.S3Clients;
import io.millrace.storage.StoreAddress;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.RetryableException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * The objects of a bucket under a prefix; keys exclude the prefix. The client retries requests that
 * fail with a transient error, with increasing pauses.
 */
final class BucketObjects implements AutoCloseable {
  private static final Duration SILENCE = Duration.ofSeconds(20);

  /** The timeout of a request; it may transfer a large file. */
  private static final Duration CALL = Duration.ofMinutes(10);

  /** Attempts for a page of a listing. */
  private static final int LISTINGS = 3;

  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int PRECONDITION_FAILED = 412;
  private static final int SERVER_ERROR = 500;

  private final S3Client client;
  private final S3Access access;
  private final String bucket;
  private final String prefix;

  /** An object of a listing. */
  record Item(String key, Listed.File file) {}

  /**
   * A page of a listing.
   *
   * @param folders whose objects are not listed, with a trailing slash
   * @param next the token of the next page; null on the last page
   */
  record Page(List<String> folders, List<Item> items, String next) {}

  /** Creates the client without contacting the server. */
  BucketObjects(S3Access access, StoreAddress.Bucket address, int attempts) {
    client = S3Clients.open(access, new S3Clients.Patience(SILENCE, CALL, attempts));
    this.access = access;
    bucket = address.name();
    prefix = address.prefix();
  }

  String bucket() {
    return bucket;
  }

  /** The address of an object, for messages. */
  String describe(String key) {
    return "s3://" + bucket + "/" + prefix + key;
  }

  /**
   * Lists up to a thousand objects in the order of their keys.
   *
   * @param folder the common folder, empty or with a trailing slash
   * @param isFlat whether to include objects in subfolders
   * @param token {@link Page#next} of the previous page; null for the first page
   */
  Page list(String folder, boolean isFlat, String token) throws IOException {
    try {
      ListObjectsV2Response page = page(folder, isFlat, token);
      boolean isLast = !Boolean.TRUE.equals(page.isTruncated());
      return new Page(
          page.commonPrefixes().stream().map(CommonPrefix::prefix).map(this::key).toList(),
          page.contents().stream().map(this::item).toList(),
          isLast ? null : page.nextContinuationToken());
    } catch (SdkException e) {
      throw trouble(folder, e);
    }
  }

  /** Repeats requests whose response is truncated, because the client does not. */
  private ListObjectsV2Response page(String folder, boolean isFlat, String token) {
    for (int left = LISTINGS; true; left--) {
      try {
        return client.listObjectsV2(
            request ->
                request
                    .bucket(bucket)
                    .prefix(prefix + folder)
                    .delimiter(isFlat ? null : "/")
                    .continuationToken(token));
      } catch (AbortedException | ApiCallTimeoutException e) {
        throw e;
      } catch (SdkClientException e) {
        if (left == 1) {
          throw e;
        }
      }
    }
  }

  private String key(String full) {
    return full.substring(prefix.length());
  }

  private Item item(S3Object object) {
    Instant written = object.lastModified();
    return new Item(
        key(object.key()),
        new Listed.File(
            object.size(),
            written == null ? 0 : written.toEpochMilli(),
            object.eTag() == null ? "" : object.eTag()));
  }

  /**
   * Reads a part of an object.
   *
   * @param listed the object, which must not have changed since it was listed
   * @param bytes the number of bytes, at least 1 and within the object
   */
  byte[] read(String key, Listed.File listed, long from, int bytes) throws IOException {
    try {
      return client.getObject(
          request ->
              asListed(request, key, listed).range("bytes=" + from + "-" + (from + bytes - 1)),
          (answer, body) -> {
            byte[] piece;
            try {
              piece = body.readNBytes(bytes);
            } catch (IOException e) {
              throw RetryableException.create(e.toString(), e);
            }
            if (piece.length != bytes) {
              throw RetryableException.create(
                  "received " + piece.length + " of " + bytes + " bytes");
            }
            return piece;
          });
    } catch (SdkException e) {
      throw trouble(key, e);
    }
  }

  /** Writes an object, which must not have changed since it was listed, to a file. */
  void fetch(String key, Listed.File listed, Path to) throws IOException {
    try {
      client.<Void>getObject(
          request -> asListed(request, key, listed),
          (answer, body) -> {
            long size;
            try {
              size = Files.copy(body, to, StandardCopyOption.REPLACE_EXISTING);
            } catch (IOException e) {
              throw RetryableException.create(e.toString(), e);
            }
            if (size != listed.size()) {
              throw RetryableException.create(
                  "received " + size + " of " + listed.size() + " bytes");
            }
            return null;
          });
    } catch (SdkException e) {
      throw trouble(key, e);
    }
  }

  private GetObjectRequest.Builder asListed(
      GetObjectRequest.Builder request, String key, Listed.File listed) {
    String tag = listed.entityTag();
    return request.bucket(bucket).key(prefix + key).ifMatch(tag.isEmpty() ? null : tag);
  }

  /**
   * Describes what went wrong and which setting may be wrong, without revealing any credentials.
   */
  private IOException trouble(String key, SdkException e) {
    if (e instanceof AbortedException || Thread.currentThread().isInterrupted()) {
      Thread.currentThread().interrupt();
      return new ClosedByInterruptException();
    }
    if (!(e instanceof S3Exception answer)) {
      String reason = String.valueOf(e.getMessage());
      return new BucketException(
          describe(key)
              + (reason.contains("credentials")
                  ? ": no credentials; set millrace.datasets.s3.access-key and"
                      + " secret-key, or use a source of the AWS SDK (AWS_ACCESS_KEY_ID, a profile,"
                      + " a role)"
                  : " cannot be read from "
                      + access
                      + " (millrace.datasets.s3.endpoint): "
                      + reason),
          e);
    }
    String code = answer.awsErrorDetails() == null ? null : answer.awsErrorDetails().errorCode();
    String status = answer.statusCode() + (code == null ? "" : " " + code);
    return switch (answer.statusCode()) {
      case PRECONDITION_FAILED ->
          new ChangedObjectException(
              describe(key)
                  + " has changed since the bucket was listed; the bucket is listed again");
      case NOT_FOUND ->
          "NoSuchBucket".equals(code)
              ? new BucketException(
                  "there is no bucket "
                      + bucket
                      + " at "
                      + access
                      + "; check millrace.datasets.roots and millrace.datasets.s3.endpoint")
              : new ChangedObjectException(
                  describe(key)
                      + " was deleted after the bucket was listed; the bucket is listed again");
      case FORBIDDEN ->
          new BucketException(
              describe(key)
                  + ": the server refuses access ("
                  + status
                  + "); check millrace.datasets.s3.access-key and secret-key, and their permissions"
                  + " (s3:ListBucket, s3:GetObject)");
      default ->
          new BucketException(
              describe(key)
                  + ": the server "
                  + (answer.statusCode() >= SERVER_ERROR ? "failed" : "refused the request")
                  + " ("
                  + status
                  + (answer.statusCode() >= SERVER_ERROR
                      ? ")"
                      : "); check millrace.datasets.s3.region and path-style"),
              e);
    };
  }

  @Override
  public void close() {
    client.close();
  }
}
