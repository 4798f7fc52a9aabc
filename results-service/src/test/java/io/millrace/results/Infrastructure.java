package io.millrace.results;

import io.millrace.embedded.EmbeddedKafka;
import io.millrace.embedded.EmbeddedPostgresql;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;

/** A real broker and a real database for the tests, and the power to switch the database off. */
public final class Infrastructure implements QuarkusTestResourceLifecycleManager {
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
      return Map.of(
          "kafka.bootstrap.servers",
          kafka.bootstrapServers(),
          "millrace.db.url",
          postgresql.host() + ":" + postgresql.port() + "/" + postgresql.database(),
          "millrace.db.user",
          postgresql.user(),
          "millrace.db.password",
          postgresql.password());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where the broker listens. */
  static String bootstrapServers() {
    return kafka.bootstrapServers();
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
