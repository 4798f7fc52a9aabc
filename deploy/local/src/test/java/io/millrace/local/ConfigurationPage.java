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
 * The page of all properties, out of the services' code and their {@code application.properties}.
 */
final class ConfigurationPage {
  private static final Map<String, String> SERVICES =
      new TreeMap<>(
          Map.of(
              "results-service", "results",
              "augmentation-service", "augmentation",
              "trainer-service", "trainer"));

  /** Of the properties that are not our own, those that operators set. */
  private static final Pattern FOREIGN =
      Pattern.compile(
          "kafka\\..*|otel\\..*|quarkus\\.http\\.(host|port|idle-timeout|limits\\.max-(body-size|connections))"
              + "|quarkus\\.datasource\\.reactive\\.max-size|quarkus\\.otel\\.traces\\.sampler\\.arg");

  private static final Pattern SETTING = Pattern.compile("(#?)([\\w.\"-]+)=(.*)");

  private static final String HEAD =
      """
      # Configuration
      Every property of the three services. Written by `ConfigurationPageTest` out of their code; it says how to write it
      again.

      A property is given as an environment variable, as in the tables, as a system property
      (`-Dmillrace.trainer.device=cpu`), or in a file `config/application.properties` beside the service; the system property
      wins, then the variable. All of [Quarkus' own](https://quarkus.io/guides/all-config) work too.

      Every `kafka.*` property goes to all Kafka clients of a service, without its prefix:
      `KAFKA_SECURITY_PROTOCOL=SASL_SSL` is Kafka's `security.protocol`. How to use TLS and passwords:
      [security](security.md).

      Durations are `250ms`, `10S`, `5M` or ISO 8601 (`PT10S`); sizes in bytes may end in `K`, `M` or `G`, where the type
      says *size*.
      """;

  private ConfigurationPage() {}

  /**
   * A row of the page.
   *
   * @param byDefault empty for none
   */
  record Row(String name, String type, String byDefault, String unit, String description) {
    String markdown() {
      return "| `%s`<br>`%s` | %s | %s | %s | %s |\n"
          .formatted(
              name,
              variable(),
              type,
              byDefault.isEmpty() ? "" : "`" + byDefault + "`",
              unit,
              description.replace("|", "\\|"));
    }

    private String variable() {
      return name.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
    }
  }

  /** A line of {@code application.properties}, with the comment right above it. */
  private record Setting(String value, String comment) {}

  /**
   * Writes the page.
   *
   * @param root of the checkout
   */
  static String of(Path root) throws IOException {
    var page = new StringBuilder(HEAD);
    for (var service : SERVICES.entrySet()) {
      page.append("\n## ").append(service.getValue()).append("\n");
      page.append("| property, variable | type | default | unit | |\n|---|---|---|---|---|\n");
      rows(root.resolve(service.getKey())).forEach(row -> page.append(row.markdown()));
    }
    return page.toString();
  }

  /** The properties of a service, its own first. */
  static List<Row> rows(Path service) throws IOException {
    Map<String, Setting> settings =
        settings(service.resolve("src/main/resources/application.properties"));
    DeclaredProperties declared = DeclaredProperties.of(sources(service));
    var rows = new TreeMap<String, Row>();
    for (Property property : declared.properties()) {
      if (rows.containsKey(property.name())) {
        continue; // Read at several places.
      }
      Setting setting = settings.remove(property.name());
      if (property.isMapped() && setting != null) {
        throw new IllegalStateException(
            property.name() + " stands twice: in its interface and in application.properties");
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

  /** Those of the service, and of the modules of settings that it has among its dependencies. */
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
        constants.isEmpty() ? type(property) : "`" + String.join("`, `", constants) + "`",
        setting.value == null ? "" : setting.value,
        unit(property),
        description);
  }

  private static String type(Property property) {
    return switch (property.type()) {
      case "int", "long", "short", "Short" -> "whole number";
      case "double" -> "number";
      case "boolean" -> "`true`, `false`";
      case "MemorySize" -> "size";
      case "Duration" -> "duration";
      case "Path" -> "path";
      case "List<String>" -> "texts, by commas";
      case "URI" -> "address";
      case "String" -> "text";
      default -> property.type();
    };
  }

  /** Of a property that only its value tells of. */
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
      return "s";
    } else if (name.endsWith("-bytes") || property.type().equals("MemorySize")) {
      return "bytes";
    } else if (name.endsWith("-pixels")) {
      return "pixels";
    }
    return "";
  }

  /** What is set, or shown as a comment; a comment's value is an example and no default. */
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
