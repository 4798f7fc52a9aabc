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
import java.util.UUID;
import java.util.stream.Stream;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * A bucket of a real S3 server behind an {@link S3Front}. All test classes of a JVM share one
 * server, because it takes seconds to start; each object of this class has its own bucket on it,
 * which the front serves under the same address.
 */
public final class TestBucket implements AutoCloseable {
  /** The address of the data sets. */
  public static final StoreAddress.Bucket ADDRESS =
      new StoreAddress.Bucket(EmbeddedS3.BUCKET, "data/sets/");

  /**
   * The system property with the server's address. A static field would not be shared, because
   * Quarkus loads test classes a second time.
   */
  private static final String SERVER = "millrace.test.s3";

  private final S3Front front;
  private final S3Client client;
  private final String bucket;

  private TestBucket(URI server, String bucket) throws IOException {
    this.bucket = bucket;
    front = S3Front.of(server, ADDRESS.name(), bucket);
    client =
        S3Clients.open(
            access(server), new S3Clients.Patience(Duration.ofSeconds(30), Duration.ofSeconds(60)));
    client.createBucket(request -> request.bucket(bucket));
  }

  /** Creates an empty bucket. */
  public static TestBucket start() throws IOException {
    return new TestBucket(server(), "bucket-" + UUID.randomUUID());
  }

  /** Returns the server's address. The first call starts the server, which stops with the JVM. */
  private static synchronized URI server() throws IOException {
    String running = System.getProperty(SERVER);
    if (running != null) {
      return URI.create(running);
    }
    Path folder = Files.createTempDirectory(Path.of("target"), "s3").toAbsolutePath();
    EmbeddedS3 server = EmbeddedS3.start(folder);
    Runtime.getRuntime().addShutdownHook(new Thread(server::close));
    System.setProperty(SERVER, server.endpoint().toString());
    return server.endpoint();
  }

  private static S3Access access(URI endpoint) {
    return new S3Access(
        Optional.of(endpoint), "us-east-1", true, Optional.of("key"), Optional.of("hidden"));
  }

  /** Access to the bucket through the front. */
  public S3Access access() {
    return access(front.endpoint());
  }

  /** The front of the server. */
  public S3Front front() {
    return front;
  }

  /** Puts an object under the prefix. */
  public void put(String key, byte[] content) {
    client.putObject(
        request -> request.bucket(bucket).key(ADDRESS.prefix() + key),
        RequestBody.fromBytes(content));
  }

  /** Deletes an object under the prefix. */
  public void delete(String key) {
    client.deleteObject(request -> request.bucket(bucket).key(ADDRESS.prefix() + key));
  }

  /** Puts all files of a folder, with their paths in it as keys. */
  public void putAll(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        put(folder.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
  }

  /** Opens the data sets; the bucket is listed again only when a test does so. */
  public BucketFiles open(ObjectCache cache) {
    return open(ADDRESS, cache, 4);
  }

  /**
   * Opens the data sets at another address of the server.
   *
   * @param attempts the maximum number of attempts for each request
   */
  public BucketFiles open(StoreAddress.Bucket address, ObjectCache cache, int attempts) {
    return BucketFiles.open(
        access(), address, cache, new BucketFiles.Bounds(Duration.ofHours(1), 10_000, attempts));
  }

  @Override
  public void close() {
    client.close();
    front.close();
  }
}
