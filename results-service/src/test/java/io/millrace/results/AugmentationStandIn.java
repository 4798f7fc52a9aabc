package io.millrace.results;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.Augmentation;
import io.millrace.contracts.request.DatasetSpec;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.junit.QuarkusTestProfile;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.imageio.ImageIO;

/**
 * A stand-in for the augmentation service. It answers {@code POST /preview} with a sheet of plain
 * cells, or with an error if the contracts do not allow the request.
 */
public final class AugmentationStandIn implements QuarkusTestResourceLifecycleManager {
  /** The side of a cell of a sheet, in pixels. */
  static final int CELL = 20;

  /** Requests with this seed wait for {@link #release}. */
  static final long HELD_SEED = 77;

  private static final List<String> BODIES = new CopyOnWriteArrayList<>();
  private static final Queue<Canned> CANNED = new ConcurrentLinkedQueue<>();
  private static final AtomicInteger HELD_ENDED = new AtomicInteger();
  private static volatile CountDownLatch gate = new CountDownLatch(1);

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private HttpServer server;

  /** Starts the service together with this stand-in. */
  public static final class Beside implements QuarkusTestProfile {
    @Override
    public boolean disableGlobalTestResources() {
      return true;
    }

    @Override
    public List<TestResourceEntry> testResources() {
      return List.of(
          new TestResourceEntry(Infrastructure.class),
          new TestResourceEntry(AugmentationStandIn.class));
    }
  }

  /** A preview request. */
  record Asked(
      DatasetSpec dataset,
      Augmentation augmentation,
      Long seed,
      Integer samples,
      Integer variants,
      Integer epoch) {}

  private record Canned(int status, byte[] body) {}

  /** Forgets all requests and canned responses. */
  static void reset() {
    BODIES.clear();
    CANNED.clear();
    HELD_ENDED.set(0);
    gate = new CountDownLatch(1);
  }

  /** The bodies of the requests, in order. */
  static List<String> asked() {
    return List.copyOf(BODIES);
  }

  /** Sets the next response. A status of 0 closes the connection. */
  static void answerNext(int status, byte[] body) {
    CANNED.add(new Canned(status, body));
  }

  /** Sets the next response to an error with a reason. */
  static void answerNext(int status, String reason) {
    String json = "{\"field\": \"\", \"reason\": \"" + reason + "\"}";
    answerNext(status, json.getBytes(StandardCharsets.UTF_8));
  }

  /** Answers the held requests. */
  static void release() {
    gate.countDown();
  }

  /** The number of held requests that have ended. */
  static int heldEnded() {
    return HELD_ENDED.get();
  }

  @Override
  public Map<String, String> start() {
    reset();
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", AugmentationStandIn::answer);
    server.start();
    return Map.of(
        "millrace.augmentation.url",
        "http://127.0.0.1:" + server.getAddress().getPort() + "/",
        "millrace.augmentation.token",
        "a-token");
  }

  private static void answer(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    BODIES.add(new String(body, StandardCharsets.UTF_8));
    Canned canned = CANNED.poll();
    String bearer = exchange.getRequestHeaders().getFirst("Authorization");
    if (canned != null && canned.status() == 0) {
      exchange.close();
    } else if (canned != null) {
      send(exchange, canned.status(), canned.body());
    } else if (!"Bearer a-token".equals(bearer)) {
      send(exchange, 401, new byte[0]);
    } else if (!exchange.getRequestURI().getPath().equals("/preview")) {
      send(exchange, 404, new byte[0]);
    } else {
      draw(exchange, body);
    }
  }

  private static void draw(HttpExchange exchange, byte[] body) throws IOException {
    Asked asked;
    try {
      asked = Messages.readStrictly(body, Asked.class);
    } catch (InvalidMessageException e) {
      send(exchange, 400, Messages.write(Map.of("field", e.field(), "reason", e.reason())));
      return;
    }
    boolean isHeld = asked.seed() != null && asked.seed() == HELD_SEED;
    try {
      if (isHeld && !gate.await(1, TimeUnit.MINUTES)) {
        throw new IOException("nobody has released it");
      }
      if (asked.augmentation() != null && asked.augmentation().mixesLabels()) {
        exchange.getResponseHeaders().add("Preview-Note", "mixup mixes the samples shown here");
      }
      send(exchange, 200, sheet(asked));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (isHeld) {
        HELD_ENDED.incrementAndGet();
      }
    }
  }

  private static byte[] sheet(Asked asked) throws IOException {
    int columns = 1 + (asked.variants() == null ? 6 : asked.variants());
    int rows = asked.samples() == null ? 4 : asked.samples();
    var sheet = new BufferedImage(columns * CELL, rows * CELL, BufferedImage.TYPE_INT_RGB);
    var graphics = sheet.createGraphics();
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        graphics.setColor((row + column) % 2 == 0 ? Color.DARK_GRAY : Color.LIGHT_GRAY);
        graphics.fillRect(column * CELL, row * CELL, CELL, CELL);
      }
    }
    graphics.dispose();
    var png = new ByteArrayOutputStream();
    ImageIO.write(sheet, "png", png);
    return png.toByteArray();
  }

  private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    try (exchange) {
      exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void stop() {
    if (server != null) {
      release();
      server.stop(0);
      threads.shutdown();
    }
  }
}
