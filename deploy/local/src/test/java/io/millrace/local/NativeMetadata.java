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
 * What a native executable is told of a module's classes. One rule: what may become JSON, be made
 * of it, or be made by a query is registered for reflection, and that is every record, every enum,
 * what carries one of Jackson's annotations or is called by Jackson, and the types of ours that
 * these extend. So are the resources of the results service and the beans of their parameters: it
 * refuses a parameter that it does not find there.
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

  /** The file as it is. */
  String written() throws IOException {
    return Files.readString(file());
  }

  /** The file as it must be: its classes by the rule, all else in it as it is. */
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

  /** The classes that the rule is about, by name. */
  Set<String> types() {
    var types = new TreeSet<String>();
    for (JavaClass type :
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPath(root.resolve(module).resolve("target/classes"))) {
      if (isData(type) || module.equals("results-service") && isAsked(type)) {
        add(type, types);
      }
    }
    return types;
  }

  /** With what it extends of the same module; another module names its own. */
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

  /** Whether it is a resource, or a bean of a resource's parameters. */
  private static boolean isAsked(JavaClass type) {
    return Stream.concat(Stream.of(type), type.getFields().stream())
        .flatMap(member -> member.getAnnotations().stream())
        .map(annotation -> annotation.getRawType().getName())
        .anyMatch(List.of("jakarta.ws.rs.Path", "jakarta.ws.rs.QueryParam")::contains);
  }

  /** Writes the file as it must be. */
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
