package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class SubmitTest {
  private static final String REQUEST =
      """
      {"run": "shoes-1", "experiment": "shoes", "dataset": {"name": "fashion-mnist"},
       "model": {"layers": [{"type": "Flatten"},
                            {"type": "Dense", "units": 10, "activation": "softmax"}]},
       "loss": "categorical_crossentropy", "epochs": 2}
      """;

  @TempDir Path folder;

  private final List<Requests.Request> published = new ArrayList<>();
  private final Printed out = new Printed();
  private final Printed err = new Printed();
  private ResultsStandIn service;

  @BeforeEach
  void start() throws IOException {
    service = new ResultsStandIn();
  }

  @AfterEach
  void stop() {
    service.close();
  }

  @Test
  void aValidRequestIsPublishedAndItsRunPrinted() throws Exception {
    assertThat(submit(REQUEST)).isZero();

    assertThat(out.lines()).containsExactly("shoes-1");
    assertThat(published).extracting(Requests.Request::run).containsExactly("shoes-1");
  }

  @Test
  void noRequestIsPublishedIfOneIsInvalid() throws Exception {
    String bad = REQUEST.replace("shoes-1", "shoes-2").replace("epochs", "epocs");

    assertThat(submit("[" + REQUEST + ", " + bad + "]")).isEqualTo(2);

    assertThat(published).isEmpty();
    assertThat(out.lines()).isEmpty();
    assertThat(err.lines()).hasSize(2);
    assertThat(err.lines().get(0)).contains("shoes-2 is invalid: epocs", "epochs");
    assertThat(err.lines().get(1)).contains("no request was published");
  }

  @Test
  void submitPrintsEveryRunOfASweepWithSeeds() throws Exception {
    String sweep =
        REQUEST.replace("\"epochs\": 2", "\"seeds\": 2, \"epochs\": {\"sweep\": [1, 2]}");

    assertThat(submit(sweep)).isZero();

    assertThat(out.lines()).containsExactly("shoes-1-0", "shoes-1-1", "shoes-1-2", "shoes-1-3");
    assertThat(published).hasSize(1);
    assertThat(new String(published.get(0).json(), StandardCharsets.UTF_8))
        .as("published unchanged")
        .contains("\"seeds\":2", "{\"sweep\":[1,2]}");

    assertThat(submit(sweep.replace("[1, 2]", "[1, 0]"))).isEqualTo(2);
    assertThat(err.text()).contains("epochs");
  }

  @Test
  void aRequestThatTheServiceWouldRejectIsNotPublished() throws Exception {
    service.on(
        "POST /runs/check",
        400,
        "{\"detail\": \"dataset.name: 'fashion-mnist' is not a data set here; give one of elnino\"}");

    assertThat(submit(REQUEST)).isEqualTo(2);
    assertThat(published).isEmpty();
    assertThat(err.text()).contains("dataset.name: 'fashion-mnist'", "elnino");

    service.on("POST /runs/check", 200, "{\"run\": \"shoes-1\", \"runs\": [\"shoes-1\"]}");
    assertThat(submit(REQUEST)).isZero();
    service.on("POST /runs/check", 401, "{\"detail\": \"give a token\"}");
    assertThat(submit(REQUEST)).as("a user without a token may still publish").isZero();
  }

  @Test
  void aMissingRunIdIsBuiltFromTheExperimentAndVariant() throws Exception {
    assertThat(submit(REQUEST.replace("\"run\": \"shoes-1\",", "\"variant\": \"plain\",")))
        .isZero();

    assertThat(out.lines()).hasSize(1);
    assertThat(out.lines().get(0)).matches("shoes-plain-[0-9a-f]{8}");
    assertThat(published).extracting(Requests.Request::run).isEqualTo(out.lines());
  }

  @Test
  void thePriorityOptionIsValidatedAndAddedToTheRequest() throws Exception {
    assertThat(submit(REQUEST, "--priority=2")).isZero();
    assertThat(new String(published.get(0).json(), StandardCharsets.UTF_8))
        .contains("\"priority\":2");

    assertThat(submit(REQUEST, "--priority=9")).isEqualTo(2);
    assertThat(err.text()).contains("priority: 9");
  }

  private int submit(String text, String... options) throws IOException {
    Path file = Files.writeString(folder.resolve("request.json"), text);
    var command = new Millrace.Submit();
    new CommandLine(command).parseArgs(arguments(file, options));
    published.clear();
    return command.run(service.results(), published::addAll, out.stream(), err.stream());
  }

  private static String[] arguments(Path file, String... options) {
    var arguments = new ArrayList<>(List.of(options));
    arguments.add(file.toString());
    return arguments.toArray(String[]::new);
  }
}
