package io.millrace.results;

import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import io.millrace.contracts.event.TrainingEvent;
import io.millrace.contracts.event.TrainingEvent.StepsCompleted;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Event files of runs, read back by {@link EventFileReader} and by TensorBoard. */
@QuarkusTest
@QuarkusTestResource(Infrastructure.class)
class TensorBoardTest extends RunningService {
  /** The time of the first event of a run, in seconds since 1970. */
  private static final double START = 1_767_268_800.0;

  private static final Offset<Double> MICROSECOND = Offset.offset(1e-6);

  @TempDir Path folder;

  private static byte[] download(String path) {
    return when().get(path).then().statusCode(200).extract().asByteArray();
  }

  private static List<EventFileReader.Event> events(String path) {
    return EventFileReader.read(download(path));
  }

  /** The files of an archive, in the order of the archive. */
  private static Map<String, byte[]> unzip(byte[] archive) throws IOException {
    var files = new LinkedHashMap<String, byte[]>();
    try (var zip = new ZipInputStream(new ByteArrayInputStream(archive))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        files.put(entry.getName(), zip.readAllBytes());
      }
    }
    return files;
  }

  @Test
  void theEventFileReaderComputesTheStandardChecksum() {
    assertThat(EventFileReader.crc("123456789".getBytes(StandardCharsets.US_ASCII)))
        .as("the check value of CRC-32C")
        .isEqualTo(0xe3069283);
  }

  @Test
  void anEventFileContainsEveryStepAndEpochWithItsTime() {
    publisher.events(
        Events.ofImages("board-1", "board-one", "plain", 1).imageLife(0.75, 1.5, 1.25));
    awaitState("board-1", "COMPLETED");

    byte[] file =
        when()
            .get("/runs/board-1/tensorboard")
            .then()
            .statusCode(200)
            .contentType("application/octet-stream")
            .header(
                "Content-Disposition",
                equalTo("attachment; filename=\"events.out.tfevents.1767268800.board-1\""))
            .header("Millrace-Truncated", nullValue())
            .extract()
            .asByteArray();
    List<EventFileReader.Event> events = EventFileReader.read(file);

    assertThat(events.get(0).version()).isEqualTo("brain.Event:2");
    assertThat(events.get(0).wallTime()).isEqualTo(START);
    assertThat(events.get(0).scalars()).isEmpty();
    assertThat(EventFileReader.scalars(events, "step_loss"))
        .containsExactly(
            Map.entry(0L, 2f),
            Map.entry(1L, 1.5f),
            Map.entry(2L, 1.25f),
            Map.entry(3L, 1f),
            Map.entry(4L, 0.5f),
            Map.entry(5L, 0.25f));
    assertThat(EventFileReader.scalars(events, "epoch_loss"))
        .containsExactly(Map.entry(0L, 1.5f), Map.entry(1L, 0.5f));
    assertThat(EventFileReader.scalars(events, "epoch_val_loss"))
        .containsExactly(Map.entry(0L, 1.5f), Map.entry(1L, 1.25f));
    assertThat(EventFileReader.scalars(events, "epoch_val_acc"))
        .containsExactly(Map.entry(0L, 0.25f), Map.entry(1L, 0.25f));

    // The epochs end after 2 and 4 seconds, and have three steps each.
    double[] seconds = {0, 2 / 3.0, 4 / 3.0, 2, 2, 8 / 3.0, 10 / 3.0, 4, 4};
    assertThat(events).hasSize(seconds.length);
    for (int i = 0; i < seconds.length; i++) {
      assertThat(events.get(i).wallTime() - START).isCloseTo(seconds[i], MICROSECOND);
    }
  }

  @Test
  void aNonFiniteLossIsWrittenAsNotANumber() {
    Events events = Events.ofImages("board-nan", "board-one", "nan", 1);
    publisher.events(events.started(), events.steps(0, 0.5, null, 0.25));
    awaitUntil("/runs/board-nan", run -> run.getInt("steps_done") == 3);

    List<EventFileReader.Event> read = events("/runs/board-nan/tensorboard");
    assertThat(EventFileReader.scalars(read, "step_loss"))
        .containsExactly(Map.entry(0L, 0.5f), Map.entry(1L, Float.NaN), Map.entry(2L, 0.25f));
    assertThat(read).as("no epoch has ended").allMatch(event -> event.wallTime() == START);
  }

  @Test
  void aRunThatHasNotStartedHasAnEventFileWithoutScalars() {
    publisher.request("board-queued", Events.imageRequest(null, "board-queued", "plain", 1));
    awaitState("board-queued", "QUEUED");

    List<EventFileReader.Event> read = events("/runs/board-queued/tensorboard");
    assertThat(read).hasSize(1);
    assertThat(read.get(0).version()).isEqualTo("brain.Event:2");
    when()
        .get("/experiments/board-queued/tensorboard")
        .then()
        .statusCode(404)
        .contentType("application/problem+json")
        .body("detail", equalTo("no run of experiment 'board-queued' has started"));
  }

  @Test
  void aLongRunIsWrittenAsAnExcerptOrInFull() {
    int steps = 25_000;
    var events = new ArrayList<TrainingEvent>();
    events.add(Events.ofImages("board-long", "board-long", "plain", 1).started());
    for (int from = 0; from < steps; from += 1_000) {
      List<Double> losses =
          IntStream.range(from, from + 1_000)
              .mapToObj(step -> step == 17_171 ? 99 : 1.0 / (step + 1))
              .toList();
      events.add(new StepsCompleted(1, "board-long", Instant.EPOCH, 0, (long) from, losses));
    }
    publisher.events(events);
    awaitUntil("/runs/board-long", run -> run.getInt("steps_done") == steps);

    Map<Long, Float> all =
        EventFileReader.scalars(events("/runs/board-long/tensorboard?points=all"), "step_loss");
    assertThat(all.keySet()).hasSize(steps);
    all.forEach(
        (step, loss) ->
            assertThat(loss).isEqualTo(step == 17_171 ? 99f : (float) (1.0 / (step + 1))));
    Map<Long, Float> some =
        EventFileReader.scalars(events("/runs/board-long/tensorboard"), "step_loss");
    assertThat(some).hasSize(10_000).containsEntry(17_171L, 99f);
    assertThat(all).containsAllEntriesOf(some);
    assertThat(
            EventFileReader.scalars(events("/runs/board-long/tensorboard?points=50"), "step_loss"))
        .hasSize(50)
        .containsEntry(17_171L, 99f);
    Map<String, byte[]> files = unzipped("/experiments/board-long/tensorboard");
    assertThat(files).hasSize(1);
    assertThat(
            EventFileReader.scalars(
                EventFileReader.read(files.values().iterator().next()), "step_loss"))
        .hasSize(1_000);
  }

  private static Map<String, byte[]> unzipped(String path) {
    try {
      return unzip(download(path));
    } catch (IOException e) {
      throw new IllegalStateException(path, e);
    }
  }

  @Test
  void anExperimentIsDownloadedAsAnArchiveWithAFolderPerStartedRun() {
    publisher.events(Events.ofImages("board-a", "board-many", "plain", 1).imageLife(0.75, 1.5));
    publisher.events(Events.ofImages("board-b", "board-many", "dropout", 1).imageLife(0.5, 1.25));
    publisher.request("board-waits", Events.imageRequest(null, "board-many", "plain", 2));
    awaitState("board-a", "COMPLETED");
    awaitState("board-b", "COMPLETED");
    awaitState("board-waits", "QUEUED");

    when()
        .get("/experiments/board-many/tensorboard")
        .then()
        .statusCode(200)
        .contentType("application/zip")
        .header(
            "Content-Disposition", equalTo("attachment; filename=\"board-many-tensorboard.zip\""))
        .header("Millrace-Truncated", nullValue());
    Map<String, byte[]> files = unzipped("/experiments/board-many/tensorboard");
    assertThat(files.keySet())
        .containsExactlyInAnyOrder(
            "plain/board-a/events.out.tfevents.1767268800.board-a",
            "dropout/board-b/events.out.tfevents.1767268800.board-b");
    assertThat(files.get("plain/board-a/events.out.tfevents.1767268800.board-a"))
        .isEqualTo(download("/runs/board-a/tensorboard"));

    when().post("/runs/board-b/archive").then().statusCode(200);
    awaitUntil(
        "/runs?experiment=board-many", runs -> !runs.getList("runs.run").contains("board-b"));
    assertThat(unzipped("/experiments/board-many/tensorboard").keySet())
        .containsExactly("plain/board-a/events.out.tfevents.1767268800.board-a");
    assertThat(unzipped("/experiments/board-many/tensorboard?archived=only").keySet())
        .containsExactly("dropout/board-b/events.out.tfevents.1767268800.board-b");
  }

  @Test
  void aVeryLargeExperimentIsMarkedAsTruncatedToItsNewestRuns() {
    for (int i = 0; i < 201; i++) {
      publisher.events(Events.ofImages("board-m" + i, "board-mass", "plain", i).started());
    }
    awaitUntil("/experiments/board-mass", view -> view.getList("variants[0].runs").size() == 201);
    JsonPath page = get("/runs?experiment=board-mass&limit=200");

    when()
        .get("/experiments/board-mass/tensorboard")
        .then()
        .statusCode(200)
        .header("Millrace-Truncated", equalTo("true"));
    assertThat(unzipped("/experiments/board-mass/tensorboard").keySet())
        .containsExactlyElementsOf(
            page.<String>getList("runs.run").stream()
                .map(run -> "plain/" + run + "/events.out.tfevents.1767268800." + run)
                .toList());
  }

  @Test
  void unknownRunsAndExperimentsAndInvalidPointsAreRefused() {
    when().get("/runs/board-nowhere/tensorboard").then().statusCode(404);
    when().get("/experiments/board-nowhere/tensorboard").then().statusCode(404);
    for (String points : List.of("2", "10001", "every")) {
      when()
          .get("/runs/board-nowhere/tensorboard?points=" + points)
          .then()
          .statusCode(400)
          .body("field", equalTo("points"))
          .body("detail", containsString("give 3..10000, or all"));
      when()
          .get("/experiments/board-nowhere/tensorboard?points=" + points)
          .then()
          .statusCode(400)
          .body("field", equalTo("points"));
    }
  }

  static boolean hasTensorBoard() {
    return Python.has("tensorboard");
  }

  @Test
  @EnabledIf(
      value = "hasTensorBoard",
      disabledReason = "no python3 with the module tensorboard is on the PATH")
  void tensorBoardReadsTheUnpackedArchive() throws Exception {
    publisher.events(
        Events.ofImages("board-x", "board-real", "plain", 1).imageLife(0.75, 1.5, 1.25));
    publisher.events(Events.ofImages("board-y", "board-real", "dropout", 1).imageLife(0.5, 1.25));
    awaitState("board-x", "COMPLETED");
    awaitState("board-y", "COMPLETED");
    for (Map.Entry<String, byte[]> file :
        unzipped("/experiments/board-real/tensorboard").entrySet()) {
      Path path = folder.resolve("logs").resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.write(path, file.getValue());
    }
    Files.writeString(
        folder.resolve("read.py"),
        """
        from tensorboard.backend.event_processing.event_multiplexer import EventMultiplexer

        runs = EventMultiplexer().AddRunsFromDirectory("logs").Reload()
        for run, found in sorted(runs.Runs().items()):
            for tag in sorted(found["scalars"]):
                events = runs.Scalars(run, tag)
                print(run, tag, [(e.step, e.value, round(e.wall_time, 3)) for e in events])
        """);

    Python.Outcome outcome = Python.run(folder, List.of("read.py"));

    assertThat(outcome.status()).as(outcome.output()).isZero();
    assertThat(outcome.output())
        .contains(
            "plain/board-x epoch_val_loss [(0, 1.5, 1767268802.0), (1, 1.25, 1767268804.0)]",
            "plain/board-x step_loss [(0, 2.0, 1767268800.667), (1, 1.5, 1767268801.333), (2, 1.25,"
                + " 1767268802.0), (3, 1.0, 1767268802.667)",
            "dropout/board-y epoch_acc [(0, 0.5, 1767268802.0)]");
  }
}
