package io.millrace.results.store;

import io.millrace.messaging.TopicProvisioner;
import io.millrace.embedded.EmbeddedKafka;
import io.millrace.embedded.EmbeddedPostgresql;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;

/**
 * The packaged service in its own process, with a broker in this process and a database. All files
 * are in a temporary folder.
 */
final class MeasuredService implements AutoCloseable {
  private final Path jar;
  private final Path folder = Files.createTempDirectory("results-bench");
  private final EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"));
  private final EmbeddedPostgresql postgresql =
      EmbeddedPostgresql.start(folder.resolve("postgresql"));
  private final int port = EmbeddedKafka.freePort();
  // With HTTP/2, all readers would share one connection and wait for each other's responses.
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private Process service;

  MeasuredService(Path jar) throws IOException {
    this.jar = jar;
    try (var admin = Admin.create(Map.<String, Object>of("bootstrap.servers", brokers()))) {
      new TopicProvisioner(admin).ensureDurable(Optional.empty());
    }
  }

  String brokers() {
    return kafka.bootstrapServers();
  }

  /** The folder of all files; the database can read it. */
  Path folder() {
    return folder;
  }

  Connection connect() throws SQLException {
    return DriverManager.getConnection(
        postgresql.jdbcUrl(postgresql.database()), postgresql.user(), postgresql.password());
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  HttpClient http() {
    return http;
  }

  void start() throws IOException {
    service =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx1g",
                    "-Dkafka.bootstrap.servers=" + brokers(),
                    "-Dmillrace.db.url="
                        + postgresql.host()
                        + ":"
                        + postgresql.port()
                        + "/"
                        + postgresql.database(),
                    "-Dquarkus.http.port=" + port,
                    "-jar",
                    jar.toString()))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
            .start();
  }

  /** Waits until the service is ready. */
  void awaitReadiness() throws Exception {
    boolean ready = false;
    while (!ready) {
      TimeUnit.MILLISECONDS.sleep(100);
      requireAlive();
      try {
        var request = HttpRequest.newBuilder(uri("/q/health/ready")).build();
        ready = http.send(request, BodyHandlers.discarding()).statusCode() == 200;
      } catch (IOException e) {
        ready = false;
      }
    }
  }

  /** Fails if the service has exited. */
  void requireAlive() throws IOException {
    if (!service.isAlive()) {
      throw new IllegalStateException(Files.readString(folder.resolve("log")));
    }
  }

  /** The CPU seconds of the service since its start. */
  double cpuOfService() {
    return cpu(service.toHandle());
  }

  /** The CPU seconds of the database's current processes. */
  double cpuOfDatabase() {
    return ProcessHandle.allProcesses()
        .filter(
            process ->
                process.info().command().map(c -> c.startsWith(folder.toString())).orElse(false))
        .mapToDouble(MeasuredService::cpu)
        .sum();
  }

  private static double cpu(ProcessHandle process) {
    return process.info().totalCpuDuration().map(time -> time.toNanos() / 1e9).orElse(0.0);
  }

  void stop() {
    if (service != null) {
      service.destroy();
      service.onExit().join();
    }
  }

  @Override
  public void close() throws IOException {
    stop();
    kafka.close();
    postgresql.close();
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
