package io.millrace.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Generates the file that registers classes of a module for reflection in native executables. It
 * registers every class that is serialized to JSON, deserialized from JSON or created by a query:
 * every record, every enum, every class that has a Jackson annotation or that Jackson calls, and
 * their supertypes in the same module. It also registers the resources of the results service and
 * the beans of their parameters, because the service looks up parameters there to reject unknown
 * ones.
 */
record NativeMetadata(Path root, String module) {
  private static final String FILE =
      "src/main/resources/META-INF/native-image/io.millrace/millrace-%s/reachability-metadata.json";

  private static final List<String> CALLED_BY_JACKSON =
      List.of(
          "com.fasterxml.jackson.databind.JsonSerializer",
          "com.fasterxml.jackson.databind.JsonDeserializer",
          "com.fasterxml.jackson.databind.KeyDeserializer",
          "com.fasterxml.jackson.databind.util.Converter");

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  Path file() {
    return root.resolve(module).resolve(FILE.formatted(module));
  }

  /** The current content of the file. */
  String written() throws IOException {
    return Files.readString(file());
  }

  /** The required content of the file: the classes by the rule, everything else unchanged. */
  String right() throws IOException {
    ObjectNode metadata = (ObjectNode) JSON.readTree(Files.exists(file()) ? written() : "{}");
    ArrayNode reflection = JSON.createArrayNode();
    for (String type : types()) {
      reflection
          .addObject()
          .put("type", type)
          .put("allDeclaredConstructors", true)
          .put("allDeclaredMethods", true)
          .put("allDeclaredFields", true);
    }
    ObjectNode right = JSON.createObjectNode();
    right.set("reflection", reflection);
    JsonNode resources = metadata.get("resources");
    if (resources != null) {
      right.set("resources", resources);
    }
    return JSON.writeValueAsString(right) + "\n";
  }

  /** The names of the classes that the rule selects. */
  Set<String> types() {
    var types = new TreeSet<String>();
    for (JavaClass type :
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPath(root.resolve(module).resolve("target/classes"))) {
      if (isData(type) || module.equals("results-service") && isResourceOrParameters(type)) {
        add(type, types);
      }
    }
    return types;
  }

  /** Adds a type and its supertypes in the same module; other modules register their own. */
  private void add(JavaClass type, Set<String> types) {
    if (Files.exists(classFile(type)) && types.add(type.getName())) {
      type.getRawSuperclass().ifPresent(parent -> add(parent, types));
      type.getRawInterfaces().forEach(parent -> add(parent, types));
    }
  }

  private Path classFile(JavaClass type) {
    return root.resolve(module)
        .resolve("target/classes")
        .resolve(type.getName().replace('.', '/') + ".class");
  }

  private static boolean isData(JavaClass type) {
    return type.isRecord()
        || type.isEnum()
        || type.getAnnotations().stream()
            .anyMatch(
                annotation ->
                    annotation.getRawType().getPackageName().startsWith("com.fasterxml.jackson."))
        || CALLED_BY_JACKSON.stream().anyMatch(type::isAssignableTo);
  }

  /** Whether a class is a resource or a bean of a resource's parameters. */
  private static boolean isResourceOrParameters(JavaClass type) {
    return Stream.concat(Stream.of(type), type.getFields().stream())
        .flatMap(member -> member.getAnnotations().stream())
        .map(annotation -> annotation.getRawType().getName())
        .anyMatch(List.of("jakarta.ws.rs.Path", "jakarta.ws.rs.QueryParam")::contains);
  }

  /** Updates the file to the required content. */
  void write() {
    try {
      String right = right();
      Files.createDirectories(file().getParent());
      Files.writeString(file(), right);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
