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

/** A proxy of an S3 server that counts requests. A test can fail requests and change listings. */
public final class S3Front implements AutoCloseable {
  private static final List<String> PASSED_ON = List.of("range", "if-match");

  private final URI server;
  private final String name;
  private final String bucket;
  private final HttpServer front;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpClient client = HttpClient.newHttpClient();
  private final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> repeated = new ConcurrentHashMap<>();
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicInteger atATime = new AtomicInteger();
  private final AtomicInteger mostAtATime = new AtomicInteger();

  /**
   * Selects the requests that fail, by address and attempt: odd attempts get a truncated response,
   * even attempts an error status.
   */
  private volatile BiPredicate<String, Integer> failing = (request, number) -> false;

  private final AtomicInteger failures = new AtomicInteger();
  private volatile UnaryOperator<String> rewriting = listing -> listing;
  private volatile int denial;

  private volatile int pageSize;

  private S3Front(URI server, String name, String bucket, HttpServer front) {
    this.server = server;
    this.name = name;
    this.bucket = bucket;
    this.front = front;
  }

  /**
   * Starts a front on a free port.
   *
   * @param name the name of the bucket at the front
   * @param bucket its name on the server
   */
  public static S3Front of(URI server, String name, String bucket) throws IOException {
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    var front = new S3Front(server, name, bucket, HttpServer.create(address, 0));
    front.front.createContext("/", front::answer);
    front.front.setExecutor(front.threads);
    front.front.start();
    return front;
  }

  /** The address of the front. */
  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + front.getAddress().getPort());
  }

  /** Sets the requests that fail. */
  public void fail(BiPredicate<String, Integer> which) {
    repeated.clear();
    failing = which;
  }

  /** Limits each page of a listing to this many objects. */
  public void pages(int objects) {
    pageSize = objects;
  }

  /** Sets a change of the listings. */
  public void rewrite(UnaryOperator<String> listing) {
    rewriting = listing;
  }

  /** Answers every request with this status; 0 restores normal answers. */
  public void deny(int status) {
    denial = status;
  }

  /** The number of requests for a path so far. */
  public int asked(String path) {
    return asked.getOrDefault(path, new AtomicInteger()).get();
  }

  /** The number of requests so far. */
  public int requests() {
    return requests.get();
  }

  /** The number of requests that failed. */
  public int failed() {
    return failures.get();
  }

  /** The maximum number of requests that were answered concurrently. */
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
      var request = HttpRequest.newBuilder(onServer(exchange.getRequestURI())).GET();
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
      // A truncated response leaves the stream open and closes the connection.
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

  /** The server's address for a request to the front. */
  private URI onServer(URI uri) {
    String address = uri.toString().replaceFirst("^/" + name + "(?=[/?]|$)", "/" + bucket);
    boolean isListing = uri.getQuery() != null && uri.getQuery().contains("list-type=2");
    return server.resolve(isListing && pageSize > 0 ? address + "&max-keys=" + pageSize : address);
  }

  /** Applies the test's change if the body is a listing. */
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
