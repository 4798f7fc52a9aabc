package io.millrace.results;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** The {@code python3} on the {@code PATH}. */
final class Python {
  private static final int MINUTES = 2;

  private Python() {}

  /** A script's exit status and output. */
  record Outcome(int status, String output) {}

  /** Whether {@code python3} exists and has a module. */
  static boolean has(String module) {
    try {
      Path folder = Files.createTempDirectory("python");
      try {
        return run(folder, List.of("-c", "import " + module)).status() == 0;
      } finally {
        try (var files = Files.walk(folder)) {
          files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        }
      }
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * Skips the test if {@code python3} or the module is missing. A test that also runs against an
   * executable uses {@code @EnabledIf} instead: if a test is skipped while the service runs,
   * Quarkus starts the service again with another broker.
   */
  static void assumeIt(String module) {
    Assumptions.assumeTrue(
        has(module),
        "no python3 with the module " + module + " is on the PATH: it is not tested with it");
  }

  /** Runs {@code python3} in a folder. */
  static Outcome run(Path folder, List<String> arguments) throws IOException, InterruptedException {
    return start(folder, arguments).end();
  }

  /** Starts {@code python3} in a folder. */
  static Running start(Path folder, List<String> arguments) throws IOException {
    var command = new ArrayList<>(List.of("python3"));
    command.addAll(arguments);
    Path output = Files.createTempFile(folder, "output", ".txt");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    return new Running(process, output);
  }

  /** A running {@code python3}. */
  record Running(Process process, Path file) implements AutoCloseable {
    /** The output so far. */
    String output() throws IOException {
      return Files.readString(file, StandardCharsets.UTF_8);
    }

    /** Waits until the process ends. */
    Outcome end() throws IOException, InterruptedException {
      try (this) {
        if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
          throw new IllegalStateException("python3 has not ended; so far it said " + output());
        }
        return new Outcome(process.exitValue(), output());
      }
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }
}
