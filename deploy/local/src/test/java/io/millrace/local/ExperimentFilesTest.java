package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contracts.sweep.Sweep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExperimentFilesTest {
  private static final Path EXPERIMENTS = Path.of("..", "experiments");
  private static final Path DEMO = Path.of("src", "main", "resources", "demo");

  static Stream<Path> experiments() throws IOException {
    return jsonIn(EXPERIMENTS);
  }

  private static Stream<Path> jsonIn(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("experiments")
  void everyExperimentFileIsAValidAdaptiveSweep(Path file) throws IOException {
    assertThat(Requests.parse(file.toString(), Files.readString(file)))
        .singleElement()
        .satisfies(request -> assertThat(request.complaint()).isEmpty())
        .satisfies(ExperimentFilesTest::isDecided);
  }

  @Test
  void everyDemoRequestIsAValidAdaptiveSweep() throws IOException {
    List<Path> files = jsonIn(DEMO).toList();
    assertThat(files).hasSize(2);
    for (Path file : files) {
      String name = file.getFileName().toString().replace(".json", "");
      assertThat(Demo.request(name, "demo-" + name))
          .satisfies(request -> assertThat(request.complaint()).isEmpty())
          .satisfies(ExperimentFilesTest::isDecided);
    }
  }

  private static void isDecided(Requests.Request request) {
    assertThat(Sweep.read(request.json(), request.run()).adaptive()).isPresent();
  }
}
