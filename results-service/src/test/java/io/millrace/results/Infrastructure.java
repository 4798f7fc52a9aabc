package io.millrace.results;

import io.millrace.embedded.EmbeddedKafka;
import io.millrace.embedded.EmbeddedPostgresql;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;

/** A real broker and a real database for the tests, and the power to switch the database off. */
public final class Infrastructure implements QuarkusTestResourceLifecycleManager {
  static final int MAX_STREAMS = 8;

  private static Path folder;
  private static EmbeddedKafka kafka;
  private static EmbeddedPostgresql postgresql;
  private static int databasePort;
  private static int brokerPort;

  @Override
  public Map<String, String> start() {
    try {
      folder = Files.createTempDirectory("millrace-results");
      kafka = EmbeddedKafka.start(folder.resolve("kafka"));
      postgresql = EmbeddedPostgresql.start(folder.resolve("postgresql"));
      databasePort = postgresql.port();
      String servers = kafka.bootstrapServers();
      brokerPort = Integer.parseInt(servers.substring(servers.indexOf(':') + 1));
      return Map.ofEntries(
          Map.entry("kafka.bootstrap.servers", kafka.bootstrapServers()),
          Map.entry(
              "millrace.db.url",
              postgresql.host() + ":" + postgresql.port() + "/" + postgresql.database()),
          Map.entry("millrace.db.user", postgresql.user()),
          Map.entry("millrace.db.password", postgresql.password()),
          Map.entry("millrace.results.models", Files.createDirectory(models()).toString()),
          // Streams look only when they are told to, and soon lose their patience.
          Map.entry("millrace.streams.max", Integer.toString(MAX_STREAMS)),
          Map.entry("millrace.streams.pause", "20ms"),
          Map.entry("millrace.streams.poll", "1h"),
          Map.entry("millrace.streams.heartbeat", "1s"),
          Map.entry("millrace.streams.patience", "2s"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where trainers store models. */
  static Path models() {
    return folder.resolve("models");
  }

  /** Where the broker listens. */
  static String bootstrapServers() {
    return kafka.bootstrapServers();
  }

  /** The database, as another service would write to it. */
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

  /** Stops the broker. */
  static void stopBroker() {
    kafka.close();
  }

  /** Starts it again, where it was and with what it held. */
  static void startBroker() throws IOException {
    kafka = EmbeddedKafka.start(folder.resolve("kafka"), brokerPort, Map.of());
  }

  /** Stops the database. */
  static void stopDatabase() throws IOException {
    postgresql.close();
  }

  /** Starts it again, where it was and with what it held. */
  static void startDatabase() throws IOException {
    postgresql = EmbeddedPostgresql.start(folder.resolve("postgresql"), databasePort);
  }

  @Override
  public void stop() {
    try {
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
