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
 * A stack whose services record, while they train two short runs and answer for them, which classes
 * they need and which methods are hot, and the AOT caches (JEP 483, 514, 515) made of that. A cache
 * is good for the JVM that has made it and the class path that it was made with.
 */
final class Recording {
  private static final int FIRST_JAVA = 25;
  private static final String REQUESTS = "/recording/requests.json";

  /** How often each page and answer is asked for: enough for a method to count as hot. */
  private static final int READS = 100;

  private static final Duration LOOK = Duration.ofMillis(500);
  private static final Duration HEARD_WAIT = Duration.ofMinutes(3);
  private static final Duration NOTES_WAIT = Duration.ofMinutes(5);

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
   * @param root of the checkout, where the built services lie
   * @param folder of the caches
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
      throw new UserError("AOT caches are of JVMs, but the services are native; add --no-native");
    }
    Files.createDirectories(folder);
    var stack = stack("record");
    try {
      stack.up(settings, say);
      work(watch);
      awaitNotes(stack);
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

  private void work(Watch watch) {
    List<Request> requests = Requests.parse(REQUESTS, text());
    Requests.publish(settings.addresses().broker(), requests);
    var results = new Results(settings.addresses().results());
    awaitHeard(results, requests);
    for (var ended : watch.untilEnded(requests.stream().map(Request::run).toList())) {
      if (!Watch.isCompleted(ended)) {
        throw new UserError(Watch.verdict(ended));
      }
    }
    for (int i = 0; i < READS; i++) {
      PATHS.forEach(results::get);
    }
  }

  /** A machine that builds images may be slow. */
  private static void awaitHeard(Results results, List<Request> requests) {
    long end = System.nanoTime() + HEARD_WAIT.toNanos();
    while (requests.stream().anyMatch(request -> results.run(request.run()).isEmpty())) {
      if (System.nanoTime() > end) {
        throw new UserError("the results service has not heard of the runs");
      }
      LockSupport.parkNanos(LOOK.toNanos());
    }
  }

  /** A JVM writes its notes when it ends, which takes longer than a stack waits that goes down. */
  private static void awaitNotes(Stack stack) {
    var processes =
        stack.instances().stream()
            .filter(instance -> !Stack.isStore(instance))
            .flatMap(instance -> instance.process().stream())
            .toList();
    processes.forEach(ProcessHandle::destroy);
    for (ProcessHandle process : processes) {
      process.onExit().orTimeout(NOTES_WAIT.toSeconds(), TimeUnit.SECONDS).join();
    }
  }

  private static String text() {
    try (InputStream in = Recording.class.getResourceAsStream(REQUESTS)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Instead of starting, a JVM in this mode writes the cache and ends. */
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
              "no cache could be made for " + instance.name() + ":\n" + instance.lastWords());
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new UserError("interrupted");
      }
      say.accept(instance.name() + " recorded");
    }
  }
}
