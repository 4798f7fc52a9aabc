package io.millrace.results;

import io.millrace.embedded.EmbeddedKafka;
import io.millrace.embedded.EmbeddedPostgresql;
import io.millrace.embedded.EmbeddedS3;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A broker and a database for the tests, which can stop and restart them, and optionally a bucket.
 */
public final class Infrastructure implements QuarkusTestResourceLifecycleManager {
  static final int MAX_STREAMS = 8;

  /** The folder of the PostgreSQL program, which is unpacked once for all tests of a fork. */
  public static final Path PROGRAM =
      Path.of("target", "postgresql", System.getProperty("millrace.fork", "1"));

  /** The argument that puts the model store in a bucket. */
  static final String BUCKET = "bucket";

  private static Path folder;
  private static EmbeddedKafka kafka;
  private static EmbeddedPostgresql postgresql;
  private static int databasePort;
  private static int brokerPort;
  private static EmbeddedS3 bucket;

  private boolean isBucket;

  @Override
  public void init(Map<String, String> arguments) {
    isBucket = arguments.containsKey(BUCKET);
  }

  @Override
  public Map<String, String> start() {
    try {
      folder = Files.createTempDirectory("millrace-results");
      kafka = EmbeddedKafka.start(folder.resolve("kafka"));
      postgresql =
          EmbeddedPostgresql.start(folder.resolve("postgresql"), EmbeddedKafka.freePort(), PROGRAM);
      databasePort = postgresql.port();
      String servers = kafka.bootstrapServers();
      brokerPort = Integer.parseInt(servers.substring(servers.indexOf(':') + 1));
      if (isBucket) {
        bucket = EmbeddedS3.start(folder.resolve("s3"));
      }
      Files.createDirectory(models());
      return Map.ofEntries(
          Map.entry("kafka.bootstrap.servers", kafka.bootstrapServers()),
          Map.entry(
              "millrace.db.url",
              postgresql.host() + ":" + postgresql.port() + "/" + postgresql.database()),
          Map.entry("millrace.db.user", postgresql.user()),
          Map.entry("millrace.db.password", postgresql.password()),
          Map.entry(
              "millrace.results.models",
              isBucket ? "s3://" + EmbeddedS3.BUCKET + "/models" : models().toString()),
          Map.entry("millrace.adaptive.every", "200ms"),
          Map.entry("millrace.results.s3.endpoint", isBucket ? bucketEndpoint().toString() : ""),
          Map.entry("millrace.results.s3.access-key", "key"),
          Map.entry("millrace.results.s3.secret-key", "secret"),
          // Streams read only after a notification, and soon disconnect slow readers.
          Map.entry("millrace.streams.max", Integer.toString(MAX_STREAMS)),
          Map.entry("millrace.streams.pause", "20ms"),
          Map.entry("millrace.streams.poll", "1h"),
          Map.entry("millrace.streams.heartbeat", "1s"),
          Map.entry("millrace.streams.patience", "2s"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The folder in which trainers store models. */
  static Path models() {
    return folder.resolve("models");
  }

  /** The endpoint of the bucket {@link EmbeddedS3#BUCKET}. */
  static URI bucketEndpoint() {
    return bucket.endpoint();
  }

  static void stopBucket() {
    bucket.close();
  }

  static String bootstrapServers() {
    return kafka.bootstrapServers();
  }

  /** Opens a connection to the database, as another service would. */
  static Connection database() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://"
            + postgresql.host()
            + ":"
            + postgresql.port()
            + "/"
            + postgresql.database(),
        postgresql.user(),
        postgresql.password());
  }

  static void stopBroker() {
    kafka.close();
  }

  /** Starts the broker again, on the same port and with the same data. */
  static void startBroker() throws IOException {
    kafka = EmbeddedKafka.start(folder.resolve("kafka"), brokerPort, Map.of());
  }

  static void stopDatabase() throws IOException {
    postgresql.close();
  }

  /** Starts the database again, on the same port and with the same data. */
  static void startDatabase() throws IOException {
    postgresql = EmbeddedPostgresql.start(folder.resolve("postgresql"), databasePort, PROGRAM);
  }

  @Override
  public void stop() {
    try {
      if (isBucket) {
        bucket.close();
      }
      kafka.close();
      postgresql.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      delete(folder);
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
