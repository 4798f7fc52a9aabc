package io.millrace.results;

import static io.restassured.RestAssured.given;

import io.millrace.embedded.EmbeddedKafka;
import io.restassured.response.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A packaged service in its own process, configured by environment variables alone. It is the
 * executable that the system property {@code native.image.path} names, or else the jar.
 */
final class PackagedService implements AutoCloseable {
  private static final Path JAR = Path.of("target", "quarkus-app", "quarkus-run.jar");

  private final int port;
  private final Path log;
  private final String token;
  private final Process process;

  private PackagedService(int port, Path log, String token, Process process) {
    this.port = port;
    this.log = log;
    this.token = token;
    this.process = process;
  }

  /**
   * Starts a service.
   *
   * @param settings environment variables
   * @param token for all requests except {@link #post}
   */
  static PackagedService start(Map<String, String> settings, String token) throws IOException {
    int port = EmbeddedKafka.freePort();
    Path log = Files.createTempFile("millrace-results", ".log");
    var builder =
        new ProcessBuilder(command()).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().putAll(settings);
    builder.environment().put("QUARKUS_HTTP_PORT", Integer.toString(port));
    return new PackagedService(port, log, token, builder.start());
  }

  private static List<String> command() {
    String executable = System.getProperty("native.image.path");
    if (executable != null) {
      return List.of(executable, "-Xmx256m");
    }
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx256m",
        // The process ends before the second compiler pays off.
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-XX:MetaspaceSize=128m",
        "-jar",
        JAR.toString());
  }

  /** The name of the environment variable for a property. */
  static String variable(String property) {
    return property.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  Response get(String path) {
    return given().header("Authorization", "Bearer " + token).get(uri(path));
  }

  Response post(String path, String ownToken) {
    return given().header("Authorization", "Bearer " + ownToken).post(uri(path));
  }

  EventReader follow(String path) {
    return EventReader.open(uri(path), null, "Authorization", "Bearer " + token);
  }

  /**
   * Whether the service is ready to ingest records.
   *
   * @throws IllegalStateException with the log if the process has ended
   */
  boolean isReady() {
    if (!process.isAlive()) {
      throw new IllegalStateException(log());
    }
    try {
      return get("/q/health/ready").statusCode() == 200;
    } catch (Exception e) {
      return false; // It does not listen yet.
    }
  }

  /** The number of {@code steps-completed} events that the service has ingested. */
  double takenIn() {
    return get("/q/metrics")
        .asString()
        .lines()
        .filter(
            line ->
                line.startsWith("millrace_results_events_total{")
                    && line.contains("\"steps-completed\""))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /** The output of the process. */
  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    process.onExit().join();
    Files.delete(log);
  }
}
