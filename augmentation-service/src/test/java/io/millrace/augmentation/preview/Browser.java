package io.millrace.augmentation.preview;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A page in a headless Chromium, spoken to by its DevTools protocol. */
final class Browser implements AutoCloseable {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Process process;
  private final HttpClient http = HttpClient.newHttpClient();
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
  private WebSocket socket;
  private int asked;

  private Browser(Process process) {
    this.process = process;
  }

  /** The browser's executable; empty where none is installed. */
  static Optional<Path> find() {
    return Arrays.stream(System.getenv("PATH").split(":"))
        .flatMap(place -> NAMES.stream().map(name -> Path.of(place, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * Opens a page.
   *
   * @param profile a folder that is not there yet
   */
  static Browser open(Path executable, Path profile, String address) throws Exception {
    var command = new ArrayList<>(List.of(executable.toString(), "--headless", "--no-sandbox"));
    command.addAll(List.of("--disable-gpu", "--disable-quic", "--no-first-run"));
    command.addAll(List.of("--disable-background-networking", "--disable-component-update"));
    command.addAll(List.of("--disable-sync", "--window-size=1280,1000"));
    command.addAll(List.of("--user-data-dir=" + profile.toAbsolutePath()));
    command.addAll(List.of("--remote-debugging-port=0", address));
    var builder =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    // What it leaves behind lies beside its profile then.
    builder.environment().put("TMPDIR", profile.toAbsolutePath().getParent().toString());
    Process process = builder.start();
    var browser = new Browser(process);
    try {
      browser.connect(profile.resolve("DevToolsActivePort"));
    } catch (Exception | Error e) {
      browser.close();
      throw e;
    }
    return browser;
  }

  private void connect(Path portFile) throws Exception {
    await().atMost(LONG).until(() -> Files.exists(portFile) && Files.size(portFile) > 0);
    URI list = URI.create("http://127.0.0.1:" + Files.readAllLines(portFile).get(0) + "/json/list");
    URI page = await().atMost(LONG).until(() -> page(list), Optional::isPresent).get();
    socket = http.newWebSocketBuilder().buildAsync(page, new Listener()).get(30, TimeUnit.SECONDS);
  }

  private Optional<URI> page(URI list) throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(list).build();
    JsonNode targets =
        JSON.readTree(http.send(request, HttpResponse.BodyHandlers.ofString()).body());
    for (JsonNode target : targets) {
      if (target.path("type").asText().equals("page")) {
        return Optional.of(URI.create(target.path("webSocketDebuggerUrl").asText()));
      }
    }
    return Optional.empty();
  }

  /** The value of an expression of JavaScript in the page. */
  JsonNode evaluate(String expression) throws Exception {
    JsonNode answer =
        call("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true));
    if (answer.has("exceptionDetails")) {
      throw new IllegalStateException(answer.path("exceptionDetails").toString());
    }
    return answer.path("result").path("value");
  }

  /** Waits until an expression is true. */
  void awaitTrue(String expression) {
    await(expression).atMost(LONG).until(() -> evaluate(expression).asBoolean());
  }

  /** Presses and releases a key where the focus is. */
  void press(String key, int code) throws Exception {
    for (String type : List.of("rawKeyDown", "keyUp")) {
      call(
          "Input.dispatchKeyEvent",
          Map.of("type", type, "key", key, "code", key, "windowsVirtualKeyCode", code));
    }
  }

  private JsonNode call(String method, Map<String, Object> parameters) throws Exception {
    int id = ++asked;
    String message =
        JSON.writeValueAsString(Map.of("id", id, "method", method, "params", parameters));
    socket.sendText(message, true).get(30, TimeUnit.SECONDS);
    while (true) {
      String answer = answers.poll(30, TimeUnit.SECONDS);
      if (answer == null) {
        throw new IllegalStateException("no answer to " + method);
      }
      JsonNode read = JSON.readTree(answer);
      if (read.path("id").asInt() == id) {
        return read.path("result");
      }
    }
  }

  @Override
  public void close() {
    List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
    all.add(process.toHandle());
    process.destroy();
    try {
      process.waitFor(20, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    all.forEach(ProcessHandle::destroyForcibly);
    all.forEach(each -> each.onExit().join());
  }

  /** Puts whole messages together. */
  private final class Listener implements WebSocket.Listener {
    private final StringBuilder message = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      message.append(part);
      if (last) {
        answers.add(message.toString());
        message.setLength(0);
      }
      from.request(1);
      return null;
    }
  }
}
