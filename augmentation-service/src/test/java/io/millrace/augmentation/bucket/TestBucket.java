package io.millrace.augmentation.bucket;

import io.millrace.embedded.EmbeddedS3;
import io.millrace.storage.S3Access;
import io.millrace.storage.S3Clients;
import io.millrace.storage.StoreAddress;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** A bucket of a real S3 server, and what stands before it. */
public final class TestBucket implements AutoCloseable {
  /** The address of its data sets. */
  public static final StoreAddress.Bucket ADDRESS =
      new StoreAddress.Bucket(EmbeddedS3.BUCKET, "data/sets/");

  private final EmbeddedS3 server;
  private final S3Front front;
  private final S3Client client;

  private TestBucket(EmbeddedS3 server, S3Front front) {
    this.server = server;
    this.front = front;
    client =
        S3Clients.open(
            access(server.endpoint()),
            new S3Clients.Patience(Duration.ofSeconds(30), Duration.ofSeconds(60)));
  }

  /** Starts the server. */
  public static TestBucket start(Path folder) throws IOException {
    EmbeddedS3 server = EmbeddedS3.start(folder);
    return new TestBucket(server, S3Front.of(server.endpoint()));
  }

  private static S3Access access(URI endpoint) {
    return new S3Access(
        Optional.of(endpoint), "us-east-1", true, Optional.of("key"), Optional.of("hidden"));
  }

  /** How it is reached. */
  public S3Access access() {
    return access(front.endpoint());
  }

  /** What stands before the server. */
  public S3Front front() {
    return front;
  }

  /** Puts an object under the prefix. */
  public void put(String key, byte[] content) {
    client.putObject(
        request -> request.bucket(ADDRESS.name()).key(ADDRESS.prefix() + key),
        RequestBody.fromBytes(content));
  }

  /** Takes one away. */
  public void delete(String key) {
    client.deleteObject(request -> request.bucket(ADDRESS.name()).key(ADDRESS.prefix() + key));
  }

  /** Puts all files of a folder, by their paths in it. */
  public void putAll(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        put(folder.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
  }

  /** Its files; listed again only when a test says so. */
  public BucketFiles open(ObjectCache cache) {
    return open(ADDRESS, cache);
  }

  /** The files of another address of the server. */
  public BucketFiles open(StoreAddress.Bucket address, ObjectCache cache) {
    return BucketFiles.open(
        access(), address, cache, new BucketFiles.Bounds(Duration.ofHours(1), 10_000, 4));
  }

  @Override
  public void close() {
    client.close();
    front.close();
    server.close();
  }
}
