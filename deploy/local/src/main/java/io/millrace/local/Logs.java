package io.millrace.local;

import io.millrace.contracts.Check;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints the last lines of a process's log, and follows the log on request. */
@Command(name = "logs", description = "Print the last lines of a service's log.")
final class Logs implements Callable<Integer> {
  private static final String ENDING = ".log";
  private static final Duration POLL_INTERVAL = Duration.ofMillis(200);

  @Parameters(
      paramLabel = "SERVICE",
      description = "a process such as trainer-1; trainer is enough if there is only one")
  String service;

  @Option(
      names = {"-n", "--lines"},
      paramLabel = "N",
      defaultValue = "100",
      description = "maximum number of lines; default 100")
  int lines;

  @Option(
      names = {"-f", "--follow"},
      description = "keep printing new lines")
  boolean follow;

  @Override
  public Integer call() throws IOException {
    return run(Home.fromEnvironment(), System.out);
  }

  int run(Home home, PrintStream out) throws IOException {
    if (lines < 0) {
      throw new UserError("--lines: " + lines + " is out of range; give 0 or more");
    }
    var last = new ArrayDeque<String>();
    // A reader of its own decodes leniently: bytes that are not UTF-8 become replacement
    // characters.
    try (var log =
        new BufferedReader(
            new InputStreamReader(Files.newInputStream(file(home)), StandardCharsets.UTF_8))) {
      for (String line = log.readLine(); line != null; line = log.readLine()) {
        last.add(line);
        if (last.size() > lines) {
          last.remove();
        }
      }
      last.forEach(out::println);
      while (follow && !Thread.currentThread().isInterrupted()) {
        String line = log.readLine();
        if (line == null) {
          LockSupport.parkNanos(POLL_INTERVAL.toNanos());
        } else {
          out.println(line);
        }
      }
    }
    return 0;
  }

  private Path file(Home home) throws IOException {
    List<String> names = names(home);
    List<String> found =
        names.stream().filter(name -> name.equals(service) || isOf(service, name)).toList();
    if (found.size() != 1) {
      throw new UserError(
          names.isEmpty()
              ? "there are no logs in " + home.folder() + "; start the stack: deploy/millrace up"
              : "SERVICE: "
                  + Check.quote(service)
                  + (found.isEmpty() ? " has no log" : " has several logs")
                  + "; give one of "
                  + String.join(", ", found.isEmpty() ? names : found));
    }
    return home.log(found.get(0));
  }

  private static boolean isOf(String service, String name) {
    return name.startsWith(service + "-")
        && name.substring(service.length() + 1).chars().allMatch(Character::isDigit);
  }

  private static List<String> names(Home home) throws IOException {
    try (Stream<Path> files = Files.list(home.log("any").getParent())) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(ENDING))
          .map(name -> name.substring(0, name.length() - ENDING.length()))
          .sorted()
          .toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }
}
