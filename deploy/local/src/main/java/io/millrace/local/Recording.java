package io.millrace.local;

import io.millrace.local.Requests.Request;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Makes the AOT caches of the services (JEP 483, 514, 515): runs a stack that trains two short runs
 * and serves their results, while each JVM records which classes it loads and which methods are
 * hot. A cache is valid only for the JVM and the class path that it was made with.
 */
final class Recording {
  private static final int FIRST_JAVA = 25;
  private static final String REQUESTS = "/recording/requests.json";

  /** How often each path is requested: enough for the compiler to treat a method as hot. */
  private static final int READS = 100;

  private static final Duration POLL_INTERVAL = Duration.ofMillis(500);
  private static final Duration KNOWN_TIMEOUT = Duration.ofMinutes(3);
  private static final Duration EXIT_TIMEOUT = Duration.ofMinutes(5);

  private static final List<String> PATHS =
      List.of(
          "/q/health/ready",
          "/q/metrics",
          "/ui/",
          "/runs",
          "/runs?where=loss%3E%3D0&sort=loss",
          "/runs/recording-images",
          "/runs/recording-images/history",
          "/runs/recording-images/losses?points=100&smooth=0.6",
          "/runs/recording-images/evaluation",
          "/runs/recording-series/evaluation",
          "/runs/recording-images/log",
          "/runs/recording-images/samples",
          "/curves?run=recording-images&run=recording-series&metric=loss",
          "/experiments",
          "/experiments/recording",
          "/experiments/recording/curves?metric=loss");

  private final Home home;
  private final StackSettings settings;
  private final Path root;
  private final Path folder;

  /**
   * @param root root of the checkout, which contains the built services
   * @param folder folder for the caches
   */
  Recording(Home home, StackSettings settings, Path root, Path folder) {
    this.home = home;
    this.settings = settings;
    this.root = root;
    this.folder = folder.toAbsolutePath();
  }

  void run(Watch watch, Consumer<String> say) throws IOException {
    if (Runtime.version().feature() < FIRST_JAVA) {
      throw new UserError(
          "AOT caches need Java " + FIRST_JAVA + " or later; this is " + Runtime.version());
    }
    if (settings.nativeServices()) {
      throw new UserError(
          "--native: native executables have no AOT caches; give --no-native to run on JVMs");
    }
    Files.createDirectories(folder);
    var stack = stack("record");
    try {
      stack.up(settings, say);
      exercise(watch);
      awaitExit(stack);
    } finally {
      stack.down(say);
    }
    write(say);
  }

  private Stack stack(String mode) {
    return new Stack(
        home,
        settings,
        root,
        service -> Map.of(),
        module ->
            List.of(
                "-XX:AOTMode=" + mode,
                "-XX:AOTConfiguration=" + folder.resolve(module + ".aotconf"),
                mode.equals("create")
                    ? "-XX:AOTCache=" + folder.resolve(module + ".aot")
                    : "-Xlog:aot=off"));
  }

  private void exercise(Watch watch) {
    List<Request> requests = Requests.parse(REQUESTS, text());
    Requests.publish(settings.addresses().broker(), requests);
    var results = new Results(settings.addresses().results());
    awaitKnown(results, requests);
    for (var ended : watch.untilEnded(requests.stream().map(Request::run).toList())) {
      if (!Watch.isCompleted(ended)) {
        throw new UserError(Watch.outcome(ended));
      }
    }
    for (int i = 0; i < READS; i++) {
      PATHS.forEach(results::get);
    }
  }

  /** Waits until the runs are known; longer than {@link Watch} does, since builds may be slow. */
  private static void awaitKnown(Results results, List<Request> requests) {
    long end = System.nanoTime() + KNOWN_TIMEOUT.toNanos();
    while (requests.stream().anyMatch(request -> results.run(request.run()).isEmpty())) {
      if (System.nanoTime() > end) {
        throw new UserError(
            "the results service does not know the runs after "
                + KNOWN_TIMEOUT.toMinutes()
                + " minutes; see its log: deploy/millrace logs results");
      }
      LockSupport.parkNanos(POLL_INTERVAL.toNanos());
    }
  }

  /** A JVM writes its recording when it exits, which takes longer than {@link Stack#down} waits. */
  private static void awaitExit(Stack stack) {
    var processes =
        stack.instances().stream()
            .filter(instance -> !Stack.isStore(instance))
            .flatMap(instance -> instance.process().stream())
            .toList();
    processes.forEach(ProcessHandle::destroy);
    for (ProcessHandle process : processes) {
      process.onExit().orTimeout(EXIT_TIMEOUT.toSeconds(), TimeUnit.SECONDS).join();
    }
  }

  private static String text() {
    try (InputStream in = Recording.class.getResourceAsStream(REQUESTS)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts each JVM in the mode in which it writes the cache and exits. */
  private void write(Consumer<String> say) throws IOException {
    var stack = stack("create");
    for (Instance instance : stack.instances()) {
      if (Stack.isStore(instance)) {
        continue;
      }
      Process writer =
          new ProcessBuilder(stack.command(instance))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(instance.log().toFile()))
              .start();
      try {
        if (writer.waitFor() != 0) {
          throw new UserError(
              "the JVM of " + instance.name() + " wrote no AOT cache:\n" + instance.lastLines());
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new UserError("interrupted");
      }
      say.accept(instance.name() + " recorded");
    }
  }
}
