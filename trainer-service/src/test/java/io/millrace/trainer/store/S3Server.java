package io.millrace.trainer.store;

import io.millrace.embedded.EmbeddedKafka;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;

/**
 * An S3 server (Adobe's S3Mock) as a process of its own, that keeps the buckets {@code runs} in a
 * folder.
 */
public final class S3Server implements AutoCloseable {
  /** The bucket that is there. */
  public static final String BUCKET = "runs";

  private final Process process;
  private final int port;

  private S3Server(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Starts a server. */
  public static S3Server start(Path folder) throws IOException {
    int port = EmbeddedKafka.freePort();
    Files.createDirectories(folder.resolve("data"));
    var builder =
        new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                Path.of("target/s3/s3-server.jar").toAbsolutePath().toString(),
                "--server.port=" + EmbeddedKafka.freePort(),
                "--com.adobe.testing.s3mock.http-port=" + port,
                "--com.adobe.testing.s3mock.httpPort=" + port,
                "--com.adobe.testing.s3mock.store.root=" + folder.resolve("data"),
                "--com.adobe.testing.s3mock.store.initial-buckets=" + BUCKET));
    builder.redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile());
    var server = new S3Server(builder.start(), port);
    Awaitility.await().atMost(Duration.ofSeconds(90)).until(server::answers);
    return server;
  }

  /** How a client reaches it. */
  public S3Access access() {
    return new S3Access(
        Optional.of(endpoint()), "us-east-1", true, Optional.of("key"), Optional.of("secret"));
  }

  /** Its address. */
  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + port);
  }

  private boolean answers() {
    if (!process.isAlive()) {
      throw new IllegalStateException("the S3 server has ended");
    }
    try {
      var connection =
          (HttpURLConnection) endpoint().resolve("/" + BUCKET).toURL().openConnection();
      connection.setRequestMethod("HEAD");
      return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
