package io.millrace.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** How a service is started: as a jar on the JVM of this process, or as a native executable. */
sealed interface Launch {
  /** The services that a native stack needs as executables; the others may also be jars. */
  Set<String> NATIVE_MODULES = Set.of("results-service", "augmentation-service");

  /** The command that builds {@link #NATIVE_MODULES}. */
  String NATIVE_BUILD =
      "mvn package -T1 -DskipTests -Dnative -pl results-service,augmentation-service -am";

  /**
   * A service as a jar.
   *
   * @param options additional options that only a JVM knows
   */
  record OnJvm(Path jar, List<String> options) implements Launch {
    @Override
    public List<String> command(List<String> memory, Map<String, String> properties) {
      List<String> command = java(memory);
      command.addAll(options);
      command.addAll(Launch.arguments(properties));
      command.add("-jar");
      command.add(jar.toString());
      return command;
    }
  }

  /**
   * A service as a native executable.
   *
   * @param libraries the folder that JavaCPP unpacks its libraries to; the default folder is shared
   *     with JVMs
   */
  record Native(Path executable, Path libraries) implements Launch {
    @Override
    public List<String> command(List<String> memory, Map<String, String> properties) {
      var command = new ArrayList<String>();
      command.add(executable.toString());
      command.addAll(memory);
      command.add("-Dorg.bytedeco.javacpp.cachedir=" + libraries);
      command.addAll(Launch.arguments(properties));
      return command;
    }
  }

  /**
   * Builds the command line.
   *
   * @param memory memory options that a JVM and an executable both accept, such as {@code -Xmx384m}
   * @param properties configuration properties of the service
   */
  List<String> command(List<String> memory, Map<String, String> properties);

  /**
   * Finds the jar of a service.
   *
   * @param root root of the checkout
   */
  static Launch onJvm(Path root, String module, List<String> options) {
    Path jar = root.resolve(module).resolve("target/quarkus-app/quarkus-run.jar");
    if (!Files.exists(jar)) {
      throw new UserError(jar + " does not exist; build it with mvn package");
    }
    return new OnJvm(jar, options);
  }

  /**
   * Finds the native executable of a service; without one, the jar of a service outside {@link
   * #NATIVE_MODULES}.
   *
   * @param root root of the checkout
   */
  static Launch natively(Path root, String module, Path libraries) {
    Path target = root.resolve(module).resolve("target");
    List<Path> executables = Files.isDirectory(target) ? runners(target, module) : List.of();
    if (executables.size() > 1) {
      throw new UserError(
          "there are several executables of " + module + ": " + executables + "; delete old ones");
    }
    if (!executables.isEmpty()) {
      return new Native(executables.get(0), libraries.resolve(module));
    }
    if (NATIVE_MODULES.contains(module)) {
      throw new UserError(
          "the executable of " + module + " does not exist; build it with " + NATIVE_BUILD);
    }
    return onJvm(root, module, List.of());
  }

  private static List<Path> runners(Path target, String module) {
    try (var files = Files.newDirectoryStream(target, "millrace-" + module + "-*-runner")) {
      var found = new ArrayList<Path>();
      files.forEach(found::add);
      return found;
    } catch (IOException e) {
      throw new UserError("cannot read " + target + ": " + e.getMessage());
    }
  }

  /** The start of a command line that runs the same JVM as this process. */
  static List<String> java(List<String> options) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    if (Runtime.version().feature() >= 24) {
      command.add("--enable-native-access=ALL-UNNAMED");
      command.add("--sun-misc-unsafe-memory-access=allow");
    }
    return command;
  }

  private static List<String> arguments(Map<String, String> properties) {
    return new TreeMap<>(properties)
        .entrySet().stream().map(entry -> "-D" + entry.getKey() + "=" + entry.getValue()).toList();
  }
}
