package io.millrace.embedded;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * An S3 server (Adobe's S3Mock) in its own process on 127.0.0.1, with one bucket, stored in a
 * folder. It accepts any access keys.
 */
public final class EmbeddedS3 implements AutoCloseable {
  /** The name of the bucket. */
  public static final String BUCKET = "runs";

  /** The jar of S3Mock; the execution {@code s3-server} of the parent POM copies it there. */
  private static final Path PROGRAM = Path.of("target", "s3", "s3-server.jar");

  private static final Duration START_WAIT = Duration.ofSeconds(90);

  private final Process process;
  private final URI endpoint;

  private EmbeddedS3(Process process, URI endpoint) {
    this.process = process;
    this.endpoint = endpoint;
  }

  /**
   * Starts a server.
   *
   * @param folder folder of the bucket; created if it does not exist
   */
  public static EmbeddedS3 start(Path folder) throws IOException {
    int port = EmbeddedKafka.freePort();
    Files.createDirectories(folder.resolve("data"));
    var builder =
        new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                PROGRAM.toAbsolutePath().toString(),
                "--server.port=" + EmbeddedKafka.freePort(),
                "--com.adobe.testing.s3mock.http-port=" + port,
                "--com.adobe.testing.s3mock.httpPort=" + port,
                "--com.adobe.testing.s3mock.store.root=" + folder.resolve("data"),
                "--com.adobe.testing.s3mock.store.initial-buckets=" + BUCKET));
    builder.redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile());
    var server = new EmbeddedS3(builder.start(), URI.create("http://127.0.0.1:" + port));
    try {
      server.awaitAnswer();
      return server;
    } catch (IOException e) {
      server.close();
      throw e;
    }
  }

  private void awaitAnswer() throws IOException {
    long end = System.nanoTime() + START_WAIT.toNanos();
    while (!answers()) {
      try {
        if (System.nanoTime() > end || process.waitFor(100, TimeUnit.MILLISECONDS)) {
          throw new IOException("the S3 server did not start");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException(e);
      }
    }
  }

  private boolean answers() {
    try {
      var connection = (HttpURLConnection) endpoint.resolve("/" + BUCKET).toURL().openConnection();
      connection.setRequestMethod("HEAD");
      return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
    } catch (IOException e) {
      return false;
    }
  }

  /** The address of the server. */
  public URI endpoint() {
    return endpoint;
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
