package io.millrace.local;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Answers as a results service does: what a test has told it to, and 404 to all else. */
final class ResultsStandIn implements AutoCloseable {
  private record Answer(int status, String body) {}

  private final HttpServer server;
  private final Map<String, Answer> answers = Collections.synchronizedMap(new HashMap<>());
  private final List<String> bodies = Collections.synchronizedList(new ArrayList<>());
  private final List<String> asked = Collections.synchronizedList(new ArrayList<>());

  ResultsStandIn() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          String question = exchange.getRequestMethod() + " " + exchange.getRequestURI();
          asked.add(question);
          bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          Answer answer =
              answers.getOrDefault(
                  question, new Answer(404, "{\"detail\": \"there is no such resource\"}"));
          byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  /**
   * From now on a question is answered so.
   *
   * @param question method and path, {@code GET /runs/x}
   */
  ResultsStandIn on(String question, int status, String body) {
    answers.put(question, new Answer(status, body));
    return this;
  }

  /** What was asked, method and path. */
  List<String> asked() {
    return List.copyOf(asked);
  }

  /** What the questions held, those without a body left out. */
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
