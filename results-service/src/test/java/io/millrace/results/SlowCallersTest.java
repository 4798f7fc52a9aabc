package io.millrace.results;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.DisabledOnIntegrationTest;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * A caller that sends half a request loses its connection. The tests use an idle timeout of 6 s and
 * a body timeout of 4 s.
 */
@QuarkusTest
@TestProfile(DoorsTest.WithTokens.class)
class SlowCallersTest {
  private static final Duration BODY = Duration.ofSeconds(4);
  private static final Duration IDLE = Duration.ofSeconds(6);

  /** The additional time that a busy machine may need. */
  private static final Duration SLACK = Duration.ofSeconds(15);

  private static final String HEAD =
      """
      POST /runs HTTP/1.1\r
      Host: localhost\r
      Authorization: Bearer sams-token\r
      Content-Type: application/json\r
      Content-Length: 1000\r
      """;

  /** Sends a text and returns the time until the service closes the connection. */
  private static Duration open(String sent) throws IOException {
    long began = System.nanoTime();
    try (Socket socket = RawRequest.connect("127.2.0.1")) {
      socket.getOutputStream().write(sent.getBytes(StandardCharsets.US_ASCII));
      socket.getInputStream().readAllBytes();
    } catch (SocketException e) {
      // The service has closed the connection with a reset.
    }
    return Duration.ofNanos(System.nanoTime() - began);
  }

  @Test
  void aConnectionWithAnIncompleteHeadIsClosedAfterTheIdleTimeout() throws Exception {
    var nothing = CompletableFuture.supplyAsync(() -> unchecked(() -> open("")));

    assertThat(open("POST /runs HTTP/1.1\r\nHost: loc"))
        .isBetween(IDLE.minusSeconds(1), IDLE.plus(SLACK));
    assertThat(nothing.get(60, TimeUnit.SECONDS)).isBetween(IDLE.minusSeconds(1), IDLE.plus(SLACK));
  }

  @Test
  void anIncompleteBodyIsRefusedEvenIfBytesTrickleIn() throws Exception {
    var trickling = CompletableFuture.supplyAsync(() -> unchecked(SlowCallersTest::trickle));

    assertThat(open(HEAD + "\r\n{\"experiment\""))
        .isBetween(BODY.minusSeconds(1), BODY.plus(SLACK));
    assertThat(trickling.get(60, TimeUnit.SECONDS))
        .startsWith("HTTP/1.1 408 ")
        .contains("within 4 seconds");
  }

  /** Sends one byte every half second until the service answers, and returns the answer. */
  private static String trickle() throws IOException {
    try (Socket socket = RawRequest.connect("127.2.0.2")) {
      socket.getOutputStream().write((HEAD + "\r\n").getBytes(StandardCharsets.US_ASCII));
      socket.setSoTimeout(500);
      var answer = new StringBuilder();
      while (true) {
        try {
          int next = socket.getInputStream().read();
          if (next < 0) {
            return answer.toString();
          }
          answer.append((char) next);
        } catch (java.net.SocketTimeoutException e) {
          socket.getOutputStream().write(' ');
        } catch (SocketException e) {
          return answer.toString();
        }
      }
    }
  }

  @Test
  @DisabledOnIntegrationTest("what is packaged has no resource that is so slow")
  void aCompleteRequestIsAnsweredHoweverLongItTakes() throws Exception {
    assertThat(RawRequest.of("GET", "/thoughtful").by("ritas-token").answer())
        .startsWith("HTTP/1.1 200 ")
        .contains("thought");
  }

  @Test
  void anEventStreamOutlivesTheIdleTimeout() throws Exception {
    try (var publisher = new Publisher(Infrastructure.bootstrapServers())) {
      publisher.events(Events.ofImages("slow-caller-1", "slow-caller", "plain", 1).started());
    }
    org.awaitility.Awaitility.await()
        .atMost(RunningService.PATIENCE)
        .until(
            () ->
                RawRequest.of("GET", "/runs/slow-caller-1")
                    .by("ritas-token")
                    .status()
                    .equals("200"));
    try (Socket socket = RawRequest.connect("127.2.0.3")) {
      socket
          .getOutputStream()
          .write(RawRequest.of("GET", "/runs/slow-caller-1/events").by("ritas-token").bytes());
      long began = System.nanoTime();
      while (System.nanoTime() - began < IDLE.plusSeconds(2).toNanos()) {
        assertThat(socket.getInputStream().read()).as("still open").isNotNegative();
      }
    }
  }

  private interface Attempt<T> {
    T run() throws IOException;
  }

  private static <T> T unchecked(Attempt<T> attempt) {
    try {
      return attempt.run();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
