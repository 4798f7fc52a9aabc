package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A class name means one thing in the whole project. */
class ClassNamesTest {
  private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
  private static final Path MAIN = Path.of("src", "main", "java");

  /** The Java files of every module, by class name. */
  private static Map<String, List<String>> files() throws IOException {
    try (Stream<Path> all = Files.walk(ROOT)) {
      return all.map(ROOT::relativize)
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> file.toString().contains(MAIN.toString()))
          .filter(file -> !file.startsWith("shared"))
          .filter(file -> !file.endsWith("package-info.java"))
          .collect(
              Collectors.groupingBy(
                  file -> file.getFileName().toString().replace(".java", ""),
                  TreeMap::new,
                  Collectors.mapping(Path::toString, Collectors.toList())));
    }
  }

  @Test
  void noTwoClassesHaveTheSameName() throws IOException {
    Map<String, List<String>> files = files();
    assertThat(files).containsKeys("TrainingRequest", "RunQueries", "Stack");
    assertThat(files.values()).allSatisfy(paths -> assertThat(paths).hasSize(1));
  }

  /** The one exception is named after the field {@code config} in Keras' JSON. */
  @Test
  void onlyKerasLayerConfigHasANameThatEndsInConfig() throws IOException {
    assertThat(files().keySet())
        .filteredOn(name -> name.endsWith("Config"))
        .containsExactly("KerasLayerConfig");
  }
}
