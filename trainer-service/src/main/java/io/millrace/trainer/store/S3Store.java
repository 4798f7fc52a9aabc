package io.millrace.trainer.store;

import io.millrace.storage.S3Access;
import io.millrace.storage.S3Clients;
import io.millrace.storage.StoreAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Files in a bucket of Amazon S3 or of a server with the same protocol. The server must be strongly
 * consistent and support conditional writes ({@code If-None-Match: *}), which {@link #create} uses;
 * {@link #open} tests them. Amazon S3, MinIO, Ceph and others qualify. A file has at most 5 GiB,
 * the limit of one S3 request.
 */
public final class S3Store implements ObjectStore {
  private static final S3Clients.Patience PATIENCE =
      new S3Clients.Patience(Duration.ofSeconds(30), Duration.ofMinutes(10));
  private static final int PRECONDITION_FAILED = 412;
  private static final int CONFLICT = 409;
  private static final int CONFLICTS = 20;
  private static final int SERVER_ERROR = 500;

  private final S3Client client;
  private final String bucket;
  private final String prefix;
  private final ScratchFolder scratch =
      new ScratchFolder(Path.of(System.getProperty("java.io.tmpdir"), "millrace-scratch")).swept();

  private S3Store(S3Client client, StoreAddress.Bucket bucket) {
    this.client = client;
    this.bucket = bucket.name();
    prefix = bucket.prefix();
  }

  /**
   * Opens a bucket.
   *
   * @param bucket an existing bucket
   * @throws IOException if the bucket is not writable, or the server does not support conditional
   *     writes
   */
  public static S3Store open(S3Access access, StoreAddress.Bucket bucket) throws IOException {
    var store = new S3Store(S3Clients.open(access, PATIENCE), bucket);
    try {
      store.tryConditionalWrites();
      return store;
    } catch (IOException | RuntimeException e) {
      store.close();
      throw e;
    }
  }

  private void tryConditionalWrites() throws IOException {
    String name = ".probe-" + UUID.randomUUID();
    boolean isFenced;
    try {
      isFenced = create(name, new byte[] {1}) && !create(name, new byte[] {2});
    } finally {
      delete(name);
    }
    if (!isFenced) {
      throw new IOException(
          describe("")
              + ": the server does not support conditional writes (If-None-Match), which keep two"
              + " trainers from taking the same run; use another server, or a folder");
    }
  }

  @Override
  public boolean create(String name, byte[] content) throws IOException {
    for (int i = 0; i < CONFLICTS; i++) {
      try {
        client.putObject(
            request -> request.bucket(bucket).key(key(name)).ifNoneMatch("*"),
            RequestBody.fromBytes(content));
        return true;
      } catch (S3Exception e) {
        if (e.statusCode() == PRECONDITION_FAILED) {
          // The client retries a write whose response was lost, and then finds its own file.
          return read(name).filter(there -> Arrays.equals(there, content)).isPresent();
        }
        if (e.statusCode() != CONFLICT) {
          throw trouble(name, e);
        }
      } catch (SdkException e) {
        throw trouble(name, e);
      }
    }
    throw new IOException(describe(name) + ": too many concurrent writers");
  }

  @Override
  public void put(String name, byte[] content) throws IOException {
    put(name, RequestBody.fromBytes(content));
  }

  @Override
  public void put(String name, Path local) throws IOException {
    put(name, RequestBody.fromFile(local));
  }

  private void put(String name, RequestBody body) throws IOException {
    try {
      client.putObject(request -> request.bucket(bucket).key(key(name)), body);
    } catch (SdkException e) {
      throw trouble(name, e);
    }
  }

  @Override
  public Optional<byte[]> read(String name) throws IOException {
    try {
      return Optional.of(
          client.getObjectAsBytes(request -> request.bucket(bucket).key(key(name))).asByteArray());
    } catch (NoSuchKeyException e) {
      return Optional.empty();
    } catch (SdkException e) {
      throw trouble(name, e);
    }
  }

  @Override
  public boolean fetch(String name, Path local) throws IOException {
    try {
      client.getObject(request -> request.bucket(bucket).key(key(name)), local);
      return true;
    } catch (NoSuchKeyException e) {
      return false;
    } catch (SdkException e) {
      Files.deleteIfExists(local);
      throw trouble(name, e);
    }
  }

  @Override
  public List<String> list(String folder) throws IOException {
    String start = key(folder) + "/";
    try {
      return client
          .listObjectsV2Paginator(request -> request.bucket(bucket).prefix(start))
          .contents()
          .stream()
          .map(object -> object.key().substring(start.length()))
          .toList();
    } catch (SdkException e) {
      throw trouble(folder, e);
    }
  }

  @Override
  public void delete(String name) throws IOException {
    try {
      client.deleteObject(request -> request.bucket(bucket).key(key(name)));
    } catch (SdkException e) {
      throw trouble(name, e);
    }
  }

  @Override
  public Path scratch() throws IOException {
    return scratch.file();
  }

  @Override
  public String describe(String name) {
    return "s3://" + bucket + "/" + key(name);
  }

  @Override
  public void close() {
    client.close();
  }

  private String key(String name) {
    return prefix + name;
  }

  private IOException trouble(String name, SdkException e) {
    String message = describe(name) + ": " + e.getMessage();
    boolean isAnswer = e instanceof S3Exception answer && answer.statusCode() < SERVER_ERROR;
    return isAnswer
        ? new StoreRefusedException(message, e)
        : new StoreUnavailableException(message, e);
  }
}
