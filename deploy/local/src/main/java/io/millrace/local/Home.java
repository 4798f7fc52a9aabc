package io.millrace.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/**
 * The folder that holds all state of a local stack: {@code kafka}, {@code postgresql}, {@code
 * models}, {@code libraries}, {@code logs/<service>-<n>.log}, {@code run/<service>-<n>.pid}, and
 * {@code stack.json}.
 *
 * @param folder absolute
 */
record Home(Path folder) {

  /** The folder in {@code MILLRACE_HOME}, by default {@code .millrace} in the working directory. */
  static Home fromEnvironment() {
    String folder = System.getenv("MILLRACE_HOME");
    return new Home(Path.of(folder == null ? ".millrace" : folder).toAbsolutePath().normalize());
  }

  Path kafka() {
    return folder.resolve("kafka");
  }

  /** Broker settings of the user, which override the built-in ones; optional. */
  Path kafkaSettings() {
    return folder.resolve("kafka.properties");
  }

  Path postgresql() {
    return folder.resolve("postgresql");
  }

  Path models() {
    return folder.resolve("models");
  }

  Path log(String instance) {
    return folder.resolve("logs").resolve(instance + ".log");
  }

  Path pid(String instance) {
    return folder.resolve("run").resolve(instance + ".pid");
  }

  Path settings() {
    return folder.resolve("stack.json");
  }

  /** Where native executables unpack the native libraries that they contain. */
  Path libraries() {
    return folder.resolve("libraries");
  }

  void create() {
    try {
      for (String part : new String[] {"logs", "run", "models"}) {
        Files.createDirectories(folder.resolve(part));
      }
    } catch (IOException e) {
      throw new UserError("cannot create " + folder + ": " + e.getMessage());
    }
  }

  /** Deletes the stack's state, and the folder if it is then empty. */
  void purge() {
    if (!Files.exists(folder)) {
      return;
    }
    if (!Files.exists(settings())) {
      throw new UserError(
          "MILLRACE_HOME: "
              + folder
              + " is not a stack (it has no stack.json); nothing was deleted");
    }
    try {
      for (String part : List.of("kafka", "postgresql", "models", "libraries", "logs", "run")) {
        delete(folder.resolve(part));
      }
      Files.delete(settings());
      try (var rest = Files.list(folder)) {
        if (rest.findAny().isEmpty()) {
          Files.delete(folder);
        }
      }
    } catch (IOException e) {
      throw new UserError("cannot delete " + folder + ": " + e.getMessage());
    } catch (UncheckedIOException e) {
      throw new UserError("cannot delete " + folder + ": " + e.getCause().getMessage());
    }
  }

  private static void delete(Path part) throws IOException {
    if (!Files.exists(part)) {
      return;
    }
    try (var paths = Files.walk(part)) {
      for (Path path : (Iterable<Path>) paths.sorted(Comparator.reverseOrder())::iterator) {
        Files.delete(path);
      }
    }
  }
}
