package io.millrace.augmentation.preview;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** A stand-in for the results service during the tests. */
public final class ResultsStandIn implements QuarkusTestResourceLifecycleManager {
  private static final Map<String, String> RUNS =
      Map.of(
          "/runs/shapes-1",
          """
          {"run": "shapes-1", "seed": 3, "state": "running", "epochs_done": 1,
           "request": {"version": 1, "run": "shapes-1", "seed": 3, "epochs": 2,
            "dataset": {"name": "shapes", "test_fraction": 0.2},
            "augmentation": {"rotation_range": 20, "horizontal_flip": true}}}""",
          "/runs/refused",
          """
          {"request": {"dataset": {"name": "shapes"}, "augmentation": {"rotation_range": 999}}}""",
          "/runs/unread",
          """
          {"run": "unread"}""",
          "/runs/endless",
          "{\"run\": \"" + "x".repeat(5 << 20) + "\"}");

  private static final AtomicInteger ASKED = new AtomicInteger();

  private HttpServer server;

  /** The number of requests so far. */
  static int asked() {
    return ASKED.get();
  }

  @Override
  public Map<String, String> start() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", ResultsStandIn::answer);
    server.start();
    return Map.of(
        "millrace.results.url",
        "http://127.0.0.1:" + server.getAddress().getPort() + "/",
        "millrace.results.token",
        "a-token");
  }

  private static void answer(HttpExchange exchange) throws IOException {
    ASKED.incrementAndGet();
    String path = exchange.getRequestURI().getPath();
    boolean isKnown =
        "Bearer a-token".equals(exchange.getRequestHeaders().getFirst("Authorization"));
    int status =
        !isKnown ? 401 : path.equals("/runs/ill") ? 500 : RUNS.containsKey(path) ? 200 : 404;
    byte[] body = RUNS.getOrDefault(path, "{}").getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, body.length);
    try (var out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  @Override
  public void stop() {
    if (server != null) {
      server.stop(0);
    }
  }
}
