package io.millrace.results;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** The {@code python3} on the {@code PATH}. */
final class Python {
  private static final int MINUTES = 2;

  private Python() {}

  /** How a script ended, and all that it said. */
  record Outcome(int status, String output) {}

  /** Skips the test where there is none, or one without a module. */
  static void assumeIt(String module, Path folder) throws Exception {
    boolean there;
    try {
      there = run(folder, List.of("-c", "import " + module)).status() == 0;
    } catch (IOException e) {
      there = false;
    }
    Assumptions.assumeTrue(
        there,
        "no python3 with the module " + module + " is on the PATH: it is not tested with it");
  }

  /** Runs it in a folder. */
  static Outcome run(Path folder, List<String> arguments) throws Exception {
    var command = new ArrayList<>(List.of("python3"));
    command.addAll(arguments);
    File output = Files.createTempFile(folder, "output", ".txt").toFile();
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output)
            .start();
    if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new IllegalStateException("python3 has not ended: " + command);
    }
    return new Outcome(
        process.exitValue(), Files.readString(output.toPath(), StandardCharsets.UTF_8));
  }
}
