package io.millrace.local;

import io.millrace.local.DeclaredProperties.Property;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Generates the page of all properties from the services' code and {@code application.properties}.
 */
final class ConfigurationPage {
  private static final Map<String, String> SERVICES =
      new TreeMap<>(
          Map.of(
              "results-service", "results",
              "augmentation-service", "augmentation",
              "trainer-service", "trainer"));

  /** Properties of libraries that operators set. */
  private static final Pattern FOREIGN =
      Pattern.compile(
          "kafka\\..*|otel\\..*|quarkus\\.http\\.(host|port|idle-timeout|limits\\.max-(body-size|connections))"
              + "|quarkus\\.datasource\\.reactive\\.max-size|quarkus\\.otel\\.traces\\.sampler\\.arg");

  private static final int WIDTH = 120;

  private static final Pattern SETTING = Pattern.compile("(#?)([\\w.\"-]+)=(.*)");

  private static final String HEAD =
      """
      # Configuration
      All properties of the three services. `ConfigurationPageTest` generates this page from the code.

      - [augmentation](#augmentation)
      - [results](#results)
      - [trainer](#trainer)

      Set a property in one of three ways. If several are given, the first one wins:

      1. a system property: `-Dmillrace.trainer.device=cpu`
      2. an environment variable: `MILLRACE_TRAINER_DEVICE=cpu`
      3. a line of the file `config/application.properties` in the working directory of the service

      The properties of [Quarkus](https://quarkus.io/guides/all-config) work too.

      A property `kafka.NAME` sets `NAME` in all Kafka clients of a service: `KAFKA_SECURITY_PROTOCOL=SASL_SSL` sets Kafka's
      `security.protocol`. See [security](security.md) for TLS and passwords.

      A duration is `250ms`, `10S`, `5M` or ISO 8601 (`PT10S`). A size may end in `K`, `M` or `G`.
      """;

  private ConfigurationPage() {}

  /**
   * A property on the page.
   *
   * @param byDefault the default; empty for none
   */
  record Row(String name, String type, String byDefault, String unit, String description) {
    /** An item of a list, with lines of at most {@link #WIDTH} characters. */
    String markdown() {
      String kind = unit.isEmpty() ? type : type + ", in " + unit;
      return wrapped(
          "- `%s`, `%s` (%s): %s"
              .formatted(
                  name,
                  variable(),
                  byDefault.isEmpty() ? kind : kind + "; default `" + byDefault + "`",
                  description));
    }

    private static String wrapped(String item) {
      var text = new StringBuilder();
      var line = new StringBuilder();
      for (String word : item.split(" ")) {
        if (line.length() + 1 + word.length() > WIDTH) {
          text.append(line).append('\n');
          line.setLength(0);
          line.append(" ");
        }
        line.append(line.isEmpty() ? "" : " ").append(word);
      }
      return text.append(line).append('\n').toString();
    }

    private String variable() {
      return name.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
    }
  }

  /** A line of {@code application.properties}, with the comment directly above it. */
  private record Setting(String value, String comment) {}

  /**
   * Generates the page.
   *
   * @param root root of the checkout
   */
  static String of(Path root) throws IOException {
    var page = new StringBuilder(HEAD);
    for (var service : SERVICES.entrySet()) {
      page.append("\n## ").append(service.getValue()).append("\n\n");
      rows(root.resolve(service.getKey())).forEach(row -> page.append(row.markdown()));
    }
    return page.toString();
  }

  /** The properties of a service: first ours, then those of libraries. */
  static List<Row> rows(Path service) throws IOException {
    Map<String, Setting> settings =
        settings(service.resolve("src/main/resources/application.properties"));
    DeclaredProperties declared = DeclaredProperties.of(sources(service));
    var rows = new TreeMap<String, Row>();
    for (Property property : declared.properties()) {
      if (rows.containsKey(property.name())) {
        continue; // Declared in several places.
      }
      Setting setting = settings.remove(property.name());
      if (property.isMapped() && setting != null) {
        throw new IllegalStateException(
            property.name() + " is declared twice: in its interface and application.properties");
      }
      rows.put(
          property.name(),
          row(
              property,
              declared,
              setting == null ? new Setting(property.byDefault(), "") : setting));
    }
    settings.forEach(
        (name, setting) -> {
          if (name.startsWith("millrace.") || FOREIGN.matcher(name).matches()) {
            var property = new Property(name, type(setting.value), null, "", false);
            rows.put(name, row(property, declared, setting));
          }
        });
    var own = rows.values().stream().filter(row -> row.name.startsWith("millrace.")).toList();
    var all = new ArrayList<>(own);
    rows.values().stream().filter(row -> !own.contains(row)).forEach(all::add);
    return all;
  }

  /** The sources of the service, and of {@code access} if the service depends on it. */
  private static List<Path> sources(Path service) throws IOException {
    var sources = new ArrayList<>(List.of(service.resolve("src/main/java")));
    if (Files.readString(service.resolve("pom.xml")).contains("millrace-access")) {
      sources.add(service.resolveSibling("access/src/main/java"));
    }
    return sources;
  }

  private static Row row(Property property, DeclaredProperties declared, Setting setting) {
    String description = setting.comment.isEmpty() ? property.description() : setting.comment;
    List<String> constants = declared.constants(property.type());
    return new Row(
        property.name(),
        constants.isEmpty() ? type(property) : "`" + String.join("` or `", constants) + "`",
        setting.value == null ? "" : setting.value,
        unit(property),
        description);
  }

  private static String type(Property property) {
    return switch (property.type()) {
      case "int", "long", "short", "Short" -> "whole number";
      case "double" -> "number";
      case "boolean" -> "`true` or `false`";
      case "MemorySize" -> "size";
      case "Duration" -> "duration";
      case "Path" -> "path";
      case "List<String>" -> "comma-separated texts";
      case "URI" -> "URL";
      case "String" -> "text";
      default -> property.type();
    };
  }

  /** Guesses the type of a property from its value. */
  private static String type(String value) {
    if (value != null && value.matches("\\d+(\\.\\d+)?")) {
      return value.contains(".") ? "double" : "int";
    }
    if (value != null && value.matches("\\d+S")) {
      return "Duration";
    }
    return value != null && value.matches("\\d+[KMG]") ? "MemorySize" : "String";
  }

  private static String unit(Property property) {
    String name = property.name();
    if (name.endsWith("-per-second")) {
      return "1/s";
    } else if (name.endsWith("-seconds")) {
      return "seconds";
    } else if (name.endsWith("-bytes") || property.type().equals("MemorySize")) {
      return "bytes";
    } else if (name.endsWith("-pixels")) {
      return "pixels";
    }
    return "";
  }

  /**
   * The settings in a file, including commented-out lines, whose value is an example and not a
   * default.
   */
  private static Map<String, Setting> settings(Path file) throws IOException {
    var settings = new LinkedHashMap<String, Setting>();
    var comment = new ArrayList<String>();
    for (String line : Files.readAllLines(file)) {
      Matcher setting = SETTING.matcher(line);
      if (setting.matches()) {
        boolean isExample = !setting.group(1).isEmpty();
        settings.put(
            setting.group(2),
            new Setting(isExample ? null : setting.group(3), String.join(" ", comment)));
        comment.clear();
      } else if (line.startsWith("#")) {
        comment.add(line.substring(1).strip());
      } else {
        comment.clear();
      }
    }
    return settings;
  }
}
