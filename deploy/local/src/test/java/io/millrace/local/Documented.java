package io.millrace.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;

/** The names in a checkout that its documentation may refer to. */
final class Documented {
  private static final Pattern MODULE = Pattern.compile("<module>(.+?)</module>");
  private static final Pattern PROFILE =
      Pattern.compile("<profile>\\s*(?:<!--.*?-->\\s*)?<id>(.+?)</id>", Pattern.DOTALL);
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]*[A-Za-z0-9_]");
  private static final Pattern PATH_ANNOTATION =
      Pattern.compile("(?m)^( *)@Path\\(\\s*((?:\"[^\"]*\"\\s*\\+?\\s*)+)\\)");
  private static final Pattern PATH_PARAMETER = Pattern.compile("\\{\\w+(?:: *(.*))?}");

  private static final Map<Integer, String> SERVICES =
      Map.of(8080, "results-service", 8100, "augmentation-service", 8200, "trainer-service");

  /** Paths of Quarkus' extensions. */
  private static final Pattern QUARKUS_PATH =
      Pattern.compile("/q/(health(/(live|ready|started|well))?|metrics|openapi|swagger-ui)");

  /** Variables and properties of libraries, the JDK and drivers. */
  private static final Pattern FOREIGN =
      Pattern.compile("(QUARKUS|OTEL|AWS|CUDA|OMP|JAVA|JDK|COMPOSE|CONTAINER)_.*|quarkus\\..*");

  final Set<String> modules;
  final Set<String> profiles;
  final Set<String> testClasses;

  /** Every name in sources, manifests and scripts, such as variables, properties and metrics. */
  private final Set<String> names = new HashSet<>();

  private final String poms;
  private final Map<Integer, List<Pattern>> paths = new TreeMap<>();

  /** Names with a part that users choose, such as {@code millrace.auth.tokens.NAME.role}. */
  private final List<Pattern> patterns;

  Documented(Path root) throws IOException {
    modules = found(MODULE, Files.readString(root.resolve("pom.xml")));
    var text = new StringBuilder();
    for (Path pom : files(root, ".*pom\\.xml")) {
      text.append(Files.readString(pom));
    }
    poms = text.toString();
    profiles = found(PROFILE, poms);
    List<Path> tests = files(root, ".*/src/test/java/.*\\.java");
    testClasses = tests.stream().map(Documented::className).collect(Collectors.toSet());
    for (Path file : files(root, ".*\\.(java|xml|yaml|yml|json|properties|py|js|sql)|.*/[^./]+")) {
      if (!file.toString().contains("/src/test/") && Files.size(file) < 1_000_000) {
        names.addAll(found(NAME, read(file)));
      }
    }
    String configuration = Files.readString(root.resolve("deploy/configuration.md"));
    names.addAll(found(NAME, configuration));
    for (Set<String> client :
        List.of(
            AdminClientConfig.configNames(),
            ConsumerConfig.configNames(),
            ProducerConfig.configNames())) {
      client.forEach(name -> names.add(variable("kafka." + name)));
    }
    patterns =
        names.stream()
            .filter(name -> name.matches(".+[_.]NAME[_.].+"))
            .map(name -> Pattern.compile(name.replaceAll("(?<=[_.])NAME(?=[_.])", "[A-Za-z0-9-]+")))
            .toList();
    for (var service : SERVICES.entrySet()) {
      paths.put(service.getKey(), paths(root.resolve(service.getValue())));
    }
  }

  private static String variable(String property) {
    return property.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
  }

  private static String className(Path source) {
    return source.getFileName().toString().replace(".java", "");
  }

  private static String read(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
  }

  private static List<Path> files(Path root, String pattern) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(file -> file.toString().matches(pattern))
          .filter(file -> !file.toString().matches(".*/(target|\\.git|\\.millrace)/.*"))
          .filter(Files::isRegularFile)
          .toList();
    }
  }

  private static Set<String> found(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map(found -> found.group(found.groupCount()))
        .collect(Collectors.toSet());
  }

  /** The paths of the resources of a service. */
  private static List<Pattern> paths(Path service) throws IOException {
    var paths = new ArrayList<Pattern>();
    for (Path file : files(service, ".*/src/main/java/.*\\.java")) {
      String base = "";
      for (MatchResult found : PATH_ANNOTATION.matcher(Files.readString(file)).results().toList()) {
        String path = found.group(2).replaceAll("\"\\s*\\+\\s*\"", "").strip();
        path = path.substring(1, path.length() - 1);
        if (found.group(1).isEmpty()) {
          base = path;
        }
        String whole = found.group(1).isEmpty() ? path : base + "/" + path;
        paths.add(Pattern.compile(expression(whole.replaceAll("/+", "/"))));
      }
    }
    return paths;
  }

  /** The regular expression of a path template. */
  private static String expression(String template) {
    var expression = new StringBuilder();
    for (int at = 0; at < template.length(); at++) {
      if (template.charAt(at) == '{') {
        int end = at;
        int depth = 0;
        do {
          depth += template.charAt(end) == '{' ? 1 : template.charAt(end) == '}' ? -1 : 0;
          end++;
        } while (depth > 0);
        var parameter = PATH_PARAMETER.matcher(template.substring(at, end));
        boolean hasPattern = parameter.matches() && parameter.group(1) != null;
        expression.append(hasPattern ? "(?:" + parameter.group(1) + ")" : "[^/]+");
        at = end - 1;
      } else {
        expression.append(Pattern.quote(String.valueOf(template.charAt(at))));
      }
    }
    return expression.toString();
  }

  /** Whether the service that listens on this port by default has this path. */
  boolean hasPath(int port, String path) {
    return paths.containsKey(port)
        && (QUARKUS_PATH.matcher(path).matches()
            || paths.get(port).stream().anyMatch(pattern -> pattern.matcher(path).matches()));
  }

  /** Whether a variable, a property or a metric with this name exists. */
  boolean hasName(String name) {
    return names.contains(name)
        || FOREIGN.matcher(name).matches()
        || patterns.stream().anyMatch(pattern -> pattern.matcher(name).matches());
  }

  /** Whether a POM contains the Maven plugin with this prefix, such as {@code spotless}. */
  boolean hasPlugin(String prefix) {
    return Stream.of(prefix + "-maven-plugin", "maven-" + prefix + "-plugin")
        .anyMatch(poms::contains);
  }

  /** Whether a POM or any other source outside the tests contains this property. */
  boolean hasProperty(String name) {
    return poms.contains(name) || hasName(name);
  }

  /** Whether a set contains all of these comma-separated names. */
  static boolean containsAll(Set<String> known, String names) {
    return known.containsAll(Arrays.asList(names.split(",")));
  }
}
