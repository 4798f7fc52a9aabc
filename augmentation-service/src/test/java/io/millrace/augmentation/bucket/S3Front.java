package io.millrace.augmentation.bucket;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiPredicate;
import java.util.function.UnaryOperator;

/** Stands before an S3 server, counts what is asked for, and fails when it is told to. */
public final class S3Front implements AutoCloseable {
  private static final List<String> PASSED_ON = List.of("range", "if-match");

  private final URI server;
  private final HttpServer front;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpClient client = HttpClient.newHttpClient();
  private final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> repeated = new ConcurrentHashMap<>();
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicInteger atATime = new AtomicInteger();
  private final AtomicInteger mostAtATime = new AtomicInteger();

  /** Whether a request fails, by its address and how often that was asked; or is cut short. */
  private volatile BiPredicate<String, Integer> failing = (request, number) -> false;

  private final AtomicInteger failures = new AtomicInteger();
  private volatile UnaryOperator<String> rewriting = listing -> listing;
  private volatile int denial;

  private S3Front(URI server, HttpServer front) {
    this.server = server;
    this.front = front;
  }

  /** Begins to listen on a port of its own. */
  public static S3Front of(URI server) throws IOException {
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    var front = new S3Front(server, HttpServer.create(address, 0));
    front.front.createContext("/", front::answer);
    front.front.setExecutor(front.threads);
    front.front.start();
    return front;
  }

  /** Its address. */
  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + front.getAddress().getPort());
  }

  /** Names the requests that fail. */
  public void fail(BiPredicate<String, Integer> which) {
    repeated.clear();
    failing = which;
  }

  /** Changes the listings. */
  public void rewrite(UnaryOperator<String> listing) {
    rewriting = listing;
  }

  /** Answers everything with a status. */
  public void deny(int status) {
    denial = status;
  }

  /** Requests for an object so far. */
  public int asked(String path) {
    return asked.getOrDefault(path, new AtomicInteger()).get();
  }

  /** Requests so far. */
  public int requests() {
    return requests.get();
  }

  /** Requests that failed. */
  public int failed() {
    return failures.get();
  }

  /** The most that were answered at a time. */
  public int mostAtATime() {
    return mostAtATime.get();
  }

  private void answer(HttpExchange exchange) throws IOException {
    mostAtATime.accumulateAndGet(atATime.incrementAndGet(), Math::max);
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      asked.computeIfAbsent(path, none -> new AtomicInteger()).incrementAndGet();
      requests.incrementAndGet();
      String address = exchange.getRequestURI() + " " + exchange.getRequestHeaders().get("range");
      int number = repeated.computeIfAbsent(address, none -> new AtomicInteger()).incrementAndGet();
      boolean fails = failing.test(address, number);
      failures.addAndGet(fails ? 1 : 0);
      if (denial != 0 || fails && number % 2 == 0) {
        exchange.sendResponseHeaders(denial == 0 ? HttpURLConnection.HTTP_UNAVAILABLE : denial, -1);
        return;
      }
      var request =
          HttpRequest.newBuilder(server.resolve(exchange.getRequestURI().toString())).GET();
      exchange
          .getRequestHeaders()
          .forEach(
              (name, values) -> {
                if (PASSED_ON.contains(name.toLowerCase(Locale.ROOT))) {
                  request.header(name, values.get(0));
                }
              });
      HttpResponse<byte[]> answer =
          client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      answer
          .headers()
          .map()
          .forEach(
              (name, values) -> {
                if (!name.startsWith(":")
                    && !name.equalsIgnoreCase("content-length")
                    && !name.equalsIgnoreCase("transfer-encoding")
                    && !name.equalsIgnoreCase("connection")) {
                  exchange.getResponseHeaders().put(name, values);
                }
              });
      byte[] body = rewritten(path, answer.body());
      exchange.sendResponseHeaders(answer.statusCode(), body.length == 0 ? -1 : body.length);
      // The stream is not closed where not all is written: the connection is.
      exchange.getResponseBody().write(body, 0, fails ? body.length / 2 : body.length);
      if (!fails) {
        exchange.getResponseBody().close();
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } finally {
      atATime.decrementAndGet();
    }
  }

  /** Of a listing, that which a test makes of it. */
  private byte[] rewritten(String path, byte[] body) {
    return path.lastIndexOf('/') > 0
        ? body
        : rewriting
            .apply(new String(body, StandardCharsets.UTF_8))
            .getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    front.stop(0);
    threads.shutdownNow();
  }
}
