package io.millrace.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/**
 * The folder that holds all state of a local stack: {@code kafka}, {@code postgresql}, {@code
 * models}, {@code logs/<service>-<n>.log}, {@code run/<service>-<n>.pid}, and {@code stack.json}.
 *
 * @param folder absolute
 */
record Home(Path folder) {

  /** {@code MILLRACE_HOME}. */
  static Home fromEnvironment() {
    String folder = System.getenv("MILLRACE_HOME");
    return new Home(Path.of(folder == null ? ".millrace" : folder).toAbsolutePath().normalize());
  }

  Path kafka() {
    return folder.resolve("kafka");
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

  void create() {
    try {
      for (String part : new String[] {"logs", "run", "models"}) {
        Files.createDirectories(folder.resolve(part));
      }
    } catch (IOException e) {
      throw new UserError("cannot make " + folder + ": " + e.getMessage());
    }
  }

  /** Deletes the folder and all in it. */
  void purge() {
    if (!Files.exists(folder)) {
      return;
    }
    try (var paths = Files.walk(folder)) {
      for (Path path : (Iterable<Path>) paths.sorted(Comparator.reverseOrder())::iterator) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UserError("cannot delete " + folder + ": " + e.getMessage());
    } catch (UncheckedIOException e) {
      throw new UserError("cannot delete " + folder + ": " + e.getCause().getMessage());
    }
  }
}
