package io.millrace.augmentation.dataset;

import com.sun.management.OperatingSystemMXBean;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.millrace.augmentation.bucket.BucketFiles;
import io.millrace.augmentation.bucket.ObjectCache;
import io.millrace.contracts.request.DatasetSpec;
import io.millrace.storage.S3Access;
import io.millrace.storage.StoreAddress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.DeflaterOutputStream;

/**
 * Measures the time and memory that a data set with very many images needs before its first sample:
 * to check its files, compute its fingerprint, open it and split it. The images are links to a few
 * files in a folder, or objects in a bucket of a server in this process that generates the listing.
 *
 * <p>Arguments: {@code folder} or {@code bucket}, the number of images, the number of classes, and
 * for a bucket the duration of each response in milliseconds, or -1 to list it and read nothing.
 */
public final class ManyImages {
  private static final DatasetLimits LIMITS =
      new DatasetLimits(1 << 20, 64_000_000, 16 << 20, 1 << 20);

  /** The number of links to one file; some file systems allow at most 65,000. */
  private static final int LINKS = 20_000;

  private static final int PAGE = 1_000;

  private final int images;
  private final int classes;

  private ManyImages(int images, int classes) {
    this.images = images;
    this.classes = classes;
  }

  /** Runs the measurement and prints each step. */
  public static void main(String[] arguments) throws Exception {
    var many = new ManyImages(Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
    Path folder = Files.createTempDirectory("many-images");
    if (arguments[0].equals("folder")) {
      many.inFolder(folder);
    } else {
      many.inBucket(folder, Long.parseLong(arguments[3]));
    }
    System.exit(0);
  }

  private void inFolder(Path folder) throws Exception {
    step("create files", () -> make(folder));
    step("check files", () -> look(folder.resolve("root")));
    step("check files again", () -> look(folder.resolve("root")));
    measure(folder.resolve("root"));
  }

  private void make(Path folder) throws IOException {
    Path source = null;
    for (int i = 0; i < images; i++) {
      if (i % LINKS == 0) {
        source = Files.write(folder.resolve("source" + i), png(i / LINKS));
      }
      Path of = folder.resolve("root/many").resolve(className(i % classes));
      if (i < classes) {
        Files.createDirectories(of);
      }
      Files.createLink(of.resolve(fileName(i)), source);
    }
  }

  private static String className(int index) {
    return "class-%04d".formatted(index);
  }

  private static String fileName(int image) {
    return "image-%08d.png".formatted(image);
  }

  private void inBucket(Path folder, long millis) throws Exception {
    var server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1_000);
    server.setExecutor(Executors.newFixedThreadPool(64));
    var requests = new AtomicLong();
    server.createContext(
        "/",
        exchange -> {
          requests.incrementAndGet();
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
          answer(exchange);
        });
    server.start();
    var access =
        new S3Access(
            Optional.of(URI.create("http://127.0.0.1:" + server.getAddress().getPort())),
            "us-east-1",
            true,
            Optional.of("key"),
            Optional.of("hidden"));
    ObjectCache cache = ObjectCache.in(folder, 64L << 20);
    BucketFiles files =
        BucketFiles.open(
            access,
            new StoreAddress.Bucket("bucket", ""),
            cache,
            new BucketFiles.Bounds(Duration.ofHours(1), 2_000_000));
    step("listed", files::list);
    System.out.println(requests + " requests");
    step("listed again", files::list);
    step("check files", () -> look(files.root()));
    step("check files again", () -> look(files.root()));
    if (millis >= 0) {
      measure(files.root());
    }
    System.out.println(requests + " requests");
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body;
      int status = 200;
      String query = exchange.getRequestURI().getRawQuery();
      if (query == null) {
        byte[] file = png(0);
        String range = exchange.getRequestHeaders().getFirst("range");
        body = range == null ? file : Arrays.copyOf(file, Math.min(file.length, 4_096));
        status = range == null ? 200 : 206;
        exchange.getResponseHeaders().set("ETag", "\"0123456789abcdef0123456789abcdef\"");
      } else {
        body = listing(parameters(query)).getBytes(StandardCharsets.UTF_8);
      }
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private static Map<String, String> parameters(String query) {
    var parameters = new HashMap<String, String>();
    for (String pair : query.split("&")) {
      String[] parts = pair.split("=", 2);
      parameters.put(
          parts[0], parts.length == 1 ? "" : URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
    }
    return parameters;
  }

  private String listing(Map<String, String> asked) {
    String prefix = asked.getOrDefault("prefix", "");
    var text = new StringBuilder("<ListBucketResult>");
    if (prefix.isEmpty()) {
      text.append("<CommonPrefixes><Prefix>many/</Prefix></CommonPrefixes>");
    } else if (prefix.equals("many/")) {
      for (int i = 0; i < Math.min(classes, images); i++) {
        text.append("<CommonPrefixes><Prefix>many/")
            .append(className(i))
            .append("/</Prefix></CommonPrefixes>");
      }
    } else {
      int of = Integer.parseInt(prefix.substring("many/class-".length(), prefix.length() - 1));
      int first = Integer.parseInt(asked.getOrDefault("continuation-token", "0"));
      int all = (images - of + classes - 1) / classes;
      for (int i = first; i < Math.min(all, first + PAGE); i++) {
        int image = i * classes + of;
        text.append("<Contents><Key>")
            .append(prefix)
            .append(fileName(image))
            .append("</Key><LastModified>2024-01-01T00:00:00.000Z</LastModified><ETag>&quot;")
            .append("%032x".formatted(image))
            .append("&quot;</ETag><Size>5000</Size></Contents>");
      }
      if (all > first + PAGE) {
        text.append("<IsTruncated>true</IsTruncated><NextContinuationToken>")
            .append(first + PAGE)
            .append("</NextContinuationToken>");
      }
    }
    return text.append("</ListBucketResult>").toString();
  }

  private static void look(Path root) throws IOException {
    DatasetSource.find(root, "many", LIMITS).orElseThrow().stamp();
  }

  private static void measure(Path root) throws Exception {
    var catalog = new DatasetCatalog(List.of(root), LIMITS, new DecodedCache(0), nanos -> {});
    var spec = new DatasetSpec.Images("many", null, null, null, 0.1, 0.1, 3L);
    step("catalogue and fingerprint", () -> catalog.facts("many"));
    step("opened and split", () -> catalog.open(spec));
    step(
        "split otherwise",
        () -> catalog.open(new DatasetSpec.Images("many", null, null, null, 0.2, 0.1, 3L)));
    System.out.println(catalog.open(spec).description().train() + " images to train on");
  }

  /** A step whose time and memory are measured. */
  @FunctionalInterface
  private interface Step {
    void run() throws Exception;
  }

  private static void step(String name, Step step) throws Exception {
    long start = System.nanoTime();
    long busy = cpu();
    step.run();
    double cpu = (cpu() - busy) / 1e9;
    double seconds = (System.nanoTime() - start) / 1e9;
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    System.out.printf(
        "%-28s %7.1f s, %7.1f s of CPU, then %4d MB of heap%n",
        name, seconds, cpu, (runtime.totalMemory() - runtime.freeMemory()) >> 20);
  }

  private static long cpu() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  /** A grey image of 8 x 8 pixels, padded to 5,000 bytes with a text chunk. */
  private static byte[] png(int grey) throws IOException {
    var file = new ByteArrayOutputStream();
    file.write(new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10});
    chunk(file, "IHDR", new byte[] {0, 0, 0, 8, 0, 0, 0, 8, 8, 0, 0, 0, 0});
    var pixels = new ByteArrayOutputStream();
    try (var packed = new DeflaterOutputStream(pixels)) {
      for (int i = 0; i < 72; i++) {
        packed.write(i % 9 == 0 ? 0 : grey);
      }
    }
    chunk(file, "IDAT", pixels.toByteArray());
    chunk(file, "tEXt", new byte[5_000 - file.size() - 24]);
    chunk(file, "IEND", new byte[0]);
    return file.toByteArray();
  }

  private static void chunk(ByteArrayOutputStream file, String type, byte[] data)
      throws IOException {
    file.write(new byte[] {0, 0, (byte) (data.length >> 8), (byte) data.length});
    var sum = new CRC32();
    var checked = new CheckedOutputStream(file, sum);
    checked.write(type.getBytes(StandardCharsets.US_ASCII));
    checked.write(data);
    long value = sum.getValue();
    file.write(
        new byte[] {(byte) (value >> 24), (byte) (value >> 16), (byte) (value >> 8), (byte) value});
  }
}
