package io.millrace.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A process of the stack. It outlives the command line; a file holds its process id.
 *
 * @param home home of the stack
 * @param service {@code kafka}, {@code postgresql}, {@code augmentation}, {@code trainer} or {@code
 *     results}
 * @param number counts from 1
 * @param port port that it listens on
 */
record Instance(Home home, String service, int number, int port) {
  private static final Duration GRACE = Duration.ofSeconds(20);

  /** A process that is younger than its pid file is another one: the system reuses process ids. */
  private static final Duration CLOCK_SLACK = Duration.ofSeconds(2);

  String name() {
    return service + "-" + number;
  }

  Path log() {
    return home.log(name());
  }

  /** The process, if it runs. */
  Optional<ProcessHandle> process() {
    Path file = home.pid(name());
    try {
      if (!Files.exists(file)) {
        return Optional.empty();
      }
      Instant written = Files.getLastModifiedTime(file).toInstant().plus(CLOCK_SLACK);
      return ProcessHandle.of(Long.parseLong(Files.readString(file).trim()))
          .filter(ProcessHandle::isAlive)
          .filter(p -> p.info().startInstant().map(s -> s.isBefore(written)).orElse(true));
    } catch (IOException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  boolean isAlive() {
    return process().isPresent();
  }

  /** Starts the process in its own session, so that Ctrl-C does not reach it. */
  void start(List<String> command, Map<String, String> environment) {
    try {
      var builder = new ProcessBuilder(command);
      builder.command().add(0, "setsid");
      builder.directory(home.folder().toFile());
      builder.environment().putAll(environment);
      builder.redirectErrorStream(true);
      builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
      builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
      Process process = builder.start();
      Files.writeString(home.pid(name()), process.pid() + "\n");
    } catch (IOException e) {
      throw new UserError("cannot start " + name() + ": " + e.getMessage());
    }
  }

  /** Asks the process to exit (SIGTERM). */
  void terminate() {
    process().ifPresent(ProcessHandle::destroy);
  }

  /** Waits until the process has exited, and kills it after the grace period. */
  void awaitEnd() {
    process()
        .ifPresent(
            process -> {
              try {
                if (!hasEnded(process)) {
                  process.destroyForcibly();
                  hasEnded(process);
                }
              } catch (ExecutionException e) {
                throw new IllegalStateException(e);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    try {
      Files.deleteIfExists(home.pid(name()));
    } catch (IOException e) {
      throw new UserError("cannot delete " + home.pid(name()) + ": " + e.getMessage());
    }
  }

  /** Whether it exits in time. After a kill the result is ignored: it may remain as a zombie. */
  private static boolean hasEnded(ProcessHandle process)
      throws ExecutionException, InterruptedException {
    try {
      process.onExit().get(GRACE.toSeconds(), TimeUnit.SECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    }
  }

  /** The last lines of its log, for an error message. */
  String lastLines() {
    try {
      List<String> lines = Files.readAllLines(log());
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
    } catch (IOException e) {
      return "(no log)";
    }
  }
}
