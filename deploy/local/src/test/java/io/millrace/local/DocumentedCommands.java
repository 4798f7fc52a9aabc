package io.millrace.local;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.local.ShellScript.Command;
import io.millrace.messaging.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;

/**
 * Checks shell commands of the documentation without running them: options of {@code
 * deploy/millrace}, modules, profiles and tests of {@code mvn}, paths of {@code curl}, files,
 * training requests, and environment variables.
 */
final class DocumentedCommands {
  /** Programs that the documentation may use; their arguments are not checked. */
  private static final Set<String> PROGRAMS =
      Set.of(
          "base64",
          "cat",
          "cut",
          "docker",
          "echo",
          "export",
          "grep",
          "jq",
          "kcat",
          "openssl",
          "pip",
          "podman",
          "printf",
          "prometheus",
          "psql",
          "sha256sum",
          "source",
          "tar",
          "tee",
          "tensorboard",
          "tr",
          "unzip");

  private static final Set<String> PHASES =
      Set.of("clean", "compile", "test-compile", "test", "package", "verify", "install");

  private static final Set<String> MAVEN_PROPERTIES =
      Set.of("skipTests", "surefire.failIfNoSpecifiedTests", "write", "mdep.outputFile");

  private static final Pattern URL =
      Pattern.compile("(?:http://)?(?:127\\.0\\.0\\.1|localhost):(\\d+)(/[^?#]*)?([?#].*)?");

  private static final Pattern VARIABLE = Pattern.compile("[A-Z][A-Z0-9]*(_[A-Z0-9]+)+");
  private static final String JAR = "target/quarkus-app/quarkus-run.jar";

  /** Options of curl that take an argument. */
  private static final String CURL_ARGUMENTS = "oHdXumFTAebcwK";

  private final Path root;
  private final Documented documented;
  private final boolean isComplete;
  private final List<String> faults = new ArrayList<>();
  private final Map<String, String> written = new HashMap<>();
  private Path folder;
  private int checked;

  private DocumentedCommands(Path root, Documented documented, boolean isComplete) {
    this.root = root.toAbsolutePath().normalize();
    this.folder = this.root;
    this.documented = documented;
    this.isComplete = isComplete;
  }

  /**
   * The faults of a script that is run in the root of the checkout.
   *
   * @param isComplete whether the script can be run as it is; a command in a sentence may lack its
   *     parameters
   */
  static List<String> faults(Path root, Documented documented, String script, boolean isComplete) {
    var commands = new DocumentedCommands(root, documented, isComplete);
    try {
      ShellScript.commands(script).forEach(commands::check);
    } catch (IllegalArgumentException e) {
      commands.fault(e.getMessage());
    } catch (IndexOutOfBoundsException e) {
      commands.fault("an argument is missing");
    }
    if (isComplete && commands.checked == 0 && commands.faults.isEmpty()) {
      commands.fault(
          "none of the commands can be checked; put <!-- not run: REASON --> before the block");
    }
    return commands.faults;
  }

  private void fault(String fault) {
    faults.add(fault);
  }

  private void check(Command command) {
    command.variables().keySet().stream()
        .filter(name -> VARIABLE.matcher(name).matches())
        .forEach(
            name -> {
              checked++;
              if (!documented.hasName(name)) {
                fault("no variable " + name + " exists");
              }
            });
    if (command.output().isPresent()) {
      written.put(command.output().get(), command.input().orElse(""));
    }
    if (command.words().isEmpty()) {
      return;
    }
    String program = command.words().get(0);
    List<String> arguments = command.words().subList(1, command.words().size());
    switch (program) {
      case "cd" -> changeFolder(arguments.get(0));
      case "mvn" -> maven(arguments);
      case "curl" -> curl(arguments);
      case "java" -> java(arguments);
      case "kubectl" -> kubectl(arguments);
      case "promtool" -> file(arguments.get(arguments.size() - 1));
      case "python3" -> {
        if (arguments.get(0).endsWith(".py")) {
          file(arguments.get(0));
        }
      }
      default -> program(program, arguments);
    }
    if (program.equals("kcat")) {
      topic(arguments);
    }
  }

  private void program(String program, List<String> arguments) {
    if (program.equals("millrace") || program.endsWith("/millrace")) {
      if (program.contains("/")) {
        script(program);
      }
      millrace(arguments);
    } else if (program.contains("/")) {
      script(program);
    } else if (!PROGRAMS.contains(program)) {
      fault("no program " + program + " is known");
    }
  }

  private void changeFolder(String name) {
    checked++;
    folder = folder.resolve(name).normalize();
    if (!Files.isDirectory(folder)) {
      fault("no folder " + root.relativize(folder) + " exists");
    }
  }

  private Path file(String name) {
    checked++;
    Path file = folder.resolve(name).normalize();
    if (!Files.exists(file)) {
      fault("no file " + root.relativize(file) + " exists");
    }
    return file;
  }

  private void script(String name) {
    Path file = file(name);
    if (Files.exists(file) && !Files.isExecutable(file)) {
      fault(root.relativize(file) + " is not executable");
    }
  }

  private void millrace(List<String> arguments) {
    checked++;
    try {
      Millrace.commands().parseArgs(arguments.toArray(String[]::new));
    } catch (CommandLine.MissingParameterException e) {
      if (isComplete) {
        fault("millrace " + String.join(" ", arguments) + ": " + e.getMessage());
      }
    } catch (CommandLine.ParameterException e) {
      fault("millrace " + String.join(" ", arguments) + ": " + e.getMessage());
    }
    if (!arguments.isEmpty() && arguments.get(0).equals("submit")) {
      arguments.stream().filter(name -> name.endsWith(".json")).forEach(this::requestFile);
    }
  }

  private void requestFile(String name) {
    if (written.containsKey(name)) {
      request(name, written.get(name));
    } else {
      Path file = file(name);
      if (Files.exists(file)) {
        try {
          request(name, Files.readString(file));
        } catch (IOException e) {
          fault(name + ": " + e);
        }
      }
    }
  }

  private void request(String name, String json) {
    checked++;
    try {
      for (Requests.Request request : Requests.parse(name, json)) {
        request.complaint().ifPresent(complaint -> fault(name + ": " + complaint));
      }
    } catch (UserError | InvalidMessageException e) {
      fault(e.getMessage());
    }
  }

  private void maven(List<String> arguments) {
    checked++;
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (argument.equals("-pl")) {
        modules(arguments.get(++i));
      } else if (argument.startsWith("-P")) {
        require(Documented.containsAll(documented.profiles, argument.substring(2)), argument);
      } else if (argument.startsWith("-D")) {
        String[] property = argument.substring(2).split("=", 2);
        property(property[0], property.length > 1 ? property[1] : "");
      } else if (!argument.startsWith("-")) {
        int colon = argument.indexOf(':');
        require(
            colon < 0
                ? PHASES.contains(argument)
                : documented.hasPlugin(argument.substring(0, colon)),
            argument);
      }
    }
  }

  private void require(boolean exists, String argument) {
    if (!exists) {
      fault("mvn: " + argument + " does not exist");
    }
  }

  private void modules(String names) {
    require(Documented.containsAll(documented.modules, names), "-pl " + names);
  }

  private void property(String name, String value) {
    if (name.equals("test") || name.equals("it.test")) {
      require(
          value.equals("none")
              || Documented.containsAll(documented.testClasses, value.replaceAll("#[^,]*", "")),
          "-D" + name + "=" + value);
    } else {
      require(MAVEN_PROPERTIES.contains(name) || documented.hasProperty(name), "-D" + name);
    }
  }

  private void curl(List<String> arguments) {
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (argument.matches("-\\w+")) {
        boolean takesNext = CURL_ARGUMENTS.indexOf(argument.charAt(argument.length() - 1)) >= 0;
        i += takesNext ? 1 : 0;
      } else if (!argument.startsWith("-")) {
        url(argument);
      }
    }
  }

  private void url(String url) {
    checked++;
    Matcher parts = URL.matcher(url);
    if (!parts.matches()) {
      fault("curl: " + url + " is not on 127.0.0.1 with a port");
    } else {
      int port = Integer.parseInt(parts.group(1));
      String path = parts.group(2) == null ? "/" : parts.group(2);
      if (!documented.hasPath(port, path)) {
        fault("curl: no path " + path + " exists on port " + port);
      }
    }
  }

  private void java(List<String> arguments) {
    int jar = arguments.indexOf("-jar");
    if (jar >= 0) {
      checked++;
      Path file = folder.resolve(arguments.get(jar + 1)).normalize();
      String module = root.relativize(file).toString().replace("/" + JAR, "");
      if (!documented.modules.contains(module)) {
        fault("no jar " + root.relativize(file) + " is built");
      }
    }
  }

  private void kubectl(List<String> arguments) {
    int kustomization = arguments.indexOf("-k");
    if (kustomization >= 0) {
      file(arguments.get(kustomization + 1) + "/kustomization.yaml");
    } else if (!arguments.isEmpty() && arguments.get(0).equals("kustomize")) {
      file(arguments.get(1) + "/kustomization.yaml");
    }
  }

  private void topic(List<String> arguments) {
    int topic = arguments.indexOf("-t");
    if (topic >= 0) {
      checked++;
      if (!Topics.TRAINING_REQUESTS.equals(arguments.get(topic + 1))) {
        fault("kcat: users publish to " + Topics.TRAINING_REQUESTS + " only");
      }
    }
  }
}
