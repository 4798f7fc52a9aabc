package io.millrace.local;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * A results service for tests. It sends the responses that a test sets, and 404 to other requests.
 */
final class ResultsStandIn implements AutoCloseable {
  private record Answer(int status, String body) {}

  private static final Deque<Answer> NOTHING =
      new ConcurrentLinkedDeque<>(
          List.of(new Answer(404, "{\"detail\": \"there is no such resource\"}")));

  private final HttpServer server;

  /** The responses to each request, in order; the last one is repeated. */
  private final Map<String, Deque<Answer>> answers = new ConcurrentHashMap<>();

  private final List<String> bodies = Collections.synchronizedList(new ArrayList<>());
  private final List<String> requests = Collections.synchronizedList(new ArrayList<>());

  ResultsStandIn() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
          requests.add(request);
          bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          Deque<Answer> known = answers.getOrDefault(request, NOTHING);
          Answer answer = known.size() > 1 ? known.poll() : known.peek();
          byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  /**
   * Sets the response to a request.
   *
   * @param request method and path, {@code GET /runs/x}
   */
  ResultsStandIn on(String request, int status, String body) {
    answers.put(request, new ConcurrentLinkedDeque<>(List.of(new Answer(status, body))));
    return this;
  }

  /** Adds a response to a request; each response before the last is sent once. */
  ResultsStandIn then(String request, int status, String body) {
    answers
        .computeIfAbsent(request, ignored -> new ConcurrentLinkedDeque<>())
        .add(new Answer(status, body));
    return this;
  }

  /** The requests so far, each with method and path. */
  List<String> requests() {
    return List.copyOf(requests);
  }

  /** The bodies of the requests so far, except empty ones. */
  List<String> bodies() {
    return bodies.stream().filter(body -> !body.isEmpty()).toList();
  }

  Results results() {
    return new Results("http://127.0.0.1:" + server.getAddress().getPort(), Optional.empty());
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
