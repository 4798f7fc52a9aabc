package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class LaunchTest {
  private static final String RESULTS = "results-service";
  private static final String TRAINER = "trainer-service";
  private static final List<String> MEMORY = List.of("-Xmx384m");
  private static final Map<String, String> PROPERTIES = Map.of("quarkus.http.port", "8080");

  @TempDir Path root;

  @Test
  void aJarRunsOnTheCurrentJvmWithTheGivenOptions() throws IOException {
    Path jar = jar(RESULTS);

    List<String> command =
        Launch.onJvm(root, RESULTS, List.of("-XX:AOTCache=a.aot")).command(MEMORY, PROPERTIES);

    assertThat(command)
        .startsWith(System.getProperty("java.home") + "/bin/java", "-Xmx384m")
        .containsSubsequence("-XX:AOTCache=a.aot", "-Dquarkus.http.port=8080")
        .endsWith("-jar", jar.toString());
  }

  @Test
  void aNativeExecutableGetsOnlyMemoryOptionsAndProperties() throws IOException {
    Path executable = executable(RESULTS, "0.1.0");

    List<String> command =
        Launch.natively(root, RESULTS, root.resolve("libraries")).command(MEMORY, PROPERTIES);

    assertThat(command)
        .containsExactly(
            executable.toString(),
            "-Xmx384m",
            "-Dorg.bytedeco.javacpp.cachedir=" + root.resolve("libraries").resolve(RESULTS),
            "-Dquarkus.http.port=8080");
  }

  @Test
  void aTrainerRunsAsAnExecutableIfOneExistsAndAsAJarOtherwise() throws IOException {
    Path jar = jar(TRAINER);
    assertThat(Launch.natively(root, TRAINER, root)).isEqualTo(new Launch.OnJvm(jar, List.of()));

    Path executable = executable(TRAINER, "0.1.0");
    assertThat(Launch.natively(root, TRAINER, root))
        .isEqualTo(new Launch.Native(executable, root.resolve(TRAINER)));
  }

  @Test
  void aMissingExecutableIsReportedWithItsBuildCommandBeforeAnythingStarts() throws IOException {
    jar(RESULTS);
    jar("augmentation-service");
    jar(TRAINER);
    var home = new Home(root.resolve("home"));
    var before = StackSettings.DEFAULT;

    assertThatThrownBy(
            () ->
                new Stack(home, natively(before), root, service -> Map.of()).up(before, line -> {}))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "the executable of results-service does not exist; build it with mvn package -T1 -DskipTests"
                + " -Dnative -pl results-service,augmentation-service -am");
    assertThat(home.folder()).doesNotExist();
  }

  @Test
  void twoExecutablesOfAServiceAreRefused() throws IOException {
    executable(RESULTS, "0.1.0");
    executable(RESULTS, "0.2.0");

    assertThatThrownBy(() -> Launch.natively(root, RESULTS, root))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("several executables of results-service")
        .hasMessageContaining("delete");
  }

  @Test
  void aStackStaysNativeUntilTheOptionIsNegated() throws IOException {
    var home = new Home(root);
    Files.writeString(home.settings(), "{\"trainers\": 2}");
    StackSettings old = StackSettings.read(home);
    assertThat(old.nativeServices()).as("settings of an earlier version").isFalse();

    natively(StackSettings.DEFAULT).write(home);

    StackSettings kept = parsed().over(StackSettings.read(home));
    assertThat(kept.nativeServices()).isTrue();
    assertThat(parsed("--no-native").over(kept).nativeServices()).isFalse();
    assertThat(parsed("--native").over(StackSettings.DEFAULT).nativeServices()).isTrue();
  }

  private static StackSettings natively(StackSettings settings) {
    return parsed("--native").over(settings);
  }

  private static Millrace.StackOptions parsed(String... arguments) {
    return CommandLine.populateCommand(new Millrace.StackOptions(), arguments);
  }

  private Path jar(String module) throws IOException {
    return file(module, "quarkus-app/quarkus-run.jar");
  }

  private Path executable(String module, String version) throws IOException {
    return file(module, "millrace-" + module + "-" + version + "-runner");
  }

  private Path file(String module, String name) throws IOException {
    Path file = root.resolve(module).resolve("target").resolve(name);
    Files.createDirectories(file.getParent());
    return Files.createFile(file);
  }
}
