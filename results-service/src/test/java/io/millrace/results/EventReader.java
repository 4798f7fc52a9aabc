package io.millrace.results;

import static org.assertj.core.api.Assertions.assertThat;

import io.restassured.path.json.JsonPath;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** Reads server-sent events as a browser's EventSource does. */
final class EventReader implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  record Event(String name, String id, String data) {
    JsonPath json() {
      return new JsonPath(data);
    }
  }

  private final InputStream body;
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final AtomicInteger heartbeats = new AtomicInteger();

  private EventReader(InputStream body) {
    this.body = body;
    var thread = new Thread(this::read, "event-reader");
    thread.setDaemon(true);
    thread.start();
  }

  static HttpResponse<InputStream> connect(URI address, String lastEventId, String... headers) {
    var request = HttpRequest.newBuilder(address).header("Accept", "text/event-stream");
    if (headers.length > 0) {
      request.headers(headers);
    }
    if (lastEventId != null) {
      request.header("Last-Event-ID", lastEventId);
    }
    try {
      return HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .build()
          .send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /**
   * Opens a stream.
   *
   * @param headers alternating names and values
   */
  static EventReader open(URI address, String lastEventId, String... headers) {
    var response = connect(address, lastEventId, headers);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("text/event-stream");
    return new EventReader(response.body());
  }

  /** Waits for the next event. */
  Event next() {
    try {
      Event event = events.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      assertThat(event).as("an event within %s", PATIENCE).isNotNull();
      return event;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Waits for the events up to and including the first that matches. */
  List<Event> until(Predicate<Event> last) {
    var seen = new ArrayList<Event>();
    do {
      seen.add(next());
    } while (!last.test(seen.get(seen.size() - 1)));
    return seen;
  }

  /** The number of comments so far; a heartbeat is a comment. */
  int heartbeats() {
    return heartbeats.get();
  }

  private void read() {
    String name = null;
    String id = null;
    String data = null;
    try (var lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        int colon = line.indexOf(':');
        String field = colon < 0 ? line : line.substring(0, colon);
        String value = colon < 0 ? "" : line.substring(colon + 1).strip();
        if (line.isEmpty() && data != null) {
          events.add(new Event(name, id, data));
          name = null;
          data = null;
        } else if (field.equals("event")) {
          name = value;
        } else if (field.equals("id")) {
          id = value;
        } else if (field.equals("data")) {
          data = value;
        } else if (line.startsWith(":")) {
          heartbeats.incrementAndGet();
        }
      }
    } catch (IOException e) {
      // One side has closed the connection.
    }
  }

  @Override
  public void close() {
    try {
      body.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
