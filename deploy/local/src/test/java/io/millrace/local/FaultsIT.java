package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.messaging.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills, pauses and stops processes during a run, at moments that a seed determines, and checks
 * that losses and weights are bit-identical to those of an undisturbed run. Runs in the profile
 * {@code faults}, for about half an hour.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FaultsIT {
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final int EPOCHS = Integer.getInteger("faults.epochs", 60);
  private static final int STEPS = EPOCHS * 19;
  private static final int KILLS = Integer.getInteger("faults.kills", 20);

  /** A model with branches, running statistics and a layer that is not trained. */
  private static final String REQUEST =
      """
      {"run": "%s", "experiment": "faults", "variant": "%s", "seed": 3,
       "dataset": {"name": "fashion-mnist", "test_fraction": 0.05, "validation_fraction": 0.8},
       "augmentation": {"rotation_range": 10, "horizontal_flip": true},
       "model": {"layers": [
         {"type": "Conv2D", "filters": 4, "kernel_size": 3, "activation": "relu"},
         {"type": "BatchNormalization", "name": "start"},
         {"type": "Conv2D", "filters": 4, "kernel_size": 1, "trainable": false, "name": "held"},
         {"type": "Add", "inputs": ["start", "held"]},
         {"type": "MaxPooling2D", "pool_size": 2},
         {"type": "Flatten"},
         {"type": "Dropout", "rate": 0.2},
         {"type": "Dense", "units": 10, "activation": "softmax"}]},
       "loss": "categorical_crossentropy", "optimizer": {"type": "Adam"}, "metrics": ["acc"],
       "epochs": %d, "batch_size": 100}
      """;

  @TempDir static Path folder;
  private static final Random RANDOM = new Random(7);
  private static Home home;
  private static StackSettings settings;
  private static Stack stack;
  private static StackClient client;

  @BeforeAll
  static void trainUndisturbed() throws Exception {
    home = new Home(folder.resolve("home"));
    settings = StackClient.freshStack(2, 2);
    stack = new Stack(home, settings, Path.of("../..").toAbsolutePath(), service -> Map.of());
    bringUp();
    client = new StackClient(settings, Map.of(), PATIENCE);
    publish("calm");
    client.completed("calm");
    assertThat(client.losses("calm")).hasSize(STEPS);
  }

  @AfterAll
  static void down() {
    stack.down(line -> {});
  }

  @Test
  @Order(1)
  void killingTheTrainerTwentyTimesDoesNotChangeTheResult() throws Exception {
    publish("killed");
    for (int kill = 1; kill <= KILLS; kill++) {
      awaitStep("killed", kill * STEPS / (KILLS + 2) + RANDOM.nextInt(STEPS / (KILLS + 2)));
      if (Watch.hasEnded(run("killed"))) {
        break;
      }
      kill(trainerOf("killed"));
      assertThat(Watch.hasEnded(run("killed"))).as("kill %d came too late", kill).isFalse();
      bringUp();
    }

    assertEqualsCalm("killed");
  }

  @Test
  @Order(2)
  void killingAugmentersDoesNotChangeTheResult() throws Exception {
    publish("unaugmented");
    for (int kill = 1; kill <= 4; kill++) {
      awaitStep("unaugmented", kill * STEPS / 6);
      kill(instance("augmentation-" + (kill % 2 + 1)));
      bringUp();
    }

    assertEqualsCalm("unaugmented");
  }

  @Test
  @Order(3)
  void killingAndRestartingTheBrokerDoesNotChangeTheResult() throws Exception {
    publish("unbrokered");
    awaitStep("unbrokered", STEPS / 5);
    kill(instance("kafka-1"));
    bringUp();
    awaitStep("unbrokered", 3 * STEPS / 5);
    instance("kafka-1").terminate();
    instance("kafka-1").awaitEnd();
    bringUp();

    assertEqualsCalm("unbrokered");
  }

  @Test
  @Order(4)
  void aTrainerPausedBeyondItsLockLosesItsRunToAnotherTrainer() throws Exception {
    publish("paused");
    awaitStep("paused", STEPS / 4);
    Instance sleeper = trainerOf("paused");
    String before = sleeper.name();
    signal("STOP", sleeper);
    try {
      await().atMost(PATIENCE).until(() -> !run("paused").path("trainer").asText().equals(before));
      awaitStep("paused", STEPS / 2);
    } finally {
      signal("CONT", sleeper);
    }

    assertEqualsCalm("paused");
    assertThat(run("paused").path("trainer").asText()).isNotEqualTo(before);
    await()
        .atMost(PATIENCE)
        .until(() -> Files.readString(sleeper.log()).contains("another trainer has the run"));
    await().atMost(PATIENCE).until(() -> stack.isReady(sleeper));
  }

  @Test
  @Order(5)
  void anotherTrainerContinuesTheRunOfAStoppedTrainerAtOnce() throws Exception {
    publish("stopped");
    awaitStep("stopped", STEPS / 4);
    Instance trainer = trainerOf("stopped");
    ProcessHandle process = trainer.process().orElseThrow();

    process.destroy();

    process.onExit().get(SOON.toSeconds(), TimeUnit.SECONDS);
    await()
        .atMost(SOON)
        .until(() -> !run("stopped").path("trainer").asText().equals(trainer.name()));
    bringUp();
    assertEqualsCalm("stopped");
  }

  /** A run that takes about one second. */
  private static final String TINY =
      """
      {"run": "%s", "experiment": "door", %s,
       "dataset": {"name": "elnino", "column": "temperature", "window": 12},
       "model": {"layers": [{"type": "Flatten"}, {"type": "Dense", "units": 1}]},
       "loss": "mse", "epochs": 1, "batch_size": 512}
      """;

  @Test
  @Order(6)
  void killingTheResultsServiceTwentyTimesNeitherLosesNorDuplicatesRuns() throws Exception {
    int requests = 10;
    var runs = new TreeSet<String>();
    for (int round = 0; round < KILLS; round++) {
      int killAfter = RANDOM.nextInt(requests + 1);
      for (int i = 0; i <= requests; i++) {
        String run = "door-" + round + "-" + i;
        boolean isSweep = i == requests;
        client.publish(run, TINY.formatted(run, isSweep ? "\"seeds\": 2" : "\"seed\": 1"));
        runs.addAll(isSweep ? List.of(run + "-0", run + "-1") : List.of(run));
        if (i == killAfter) {
          kill(instance("results-1"));
        }
      }
      bringUp();
    }

    for (String run : runs) {
      assertThat(client.completed(run).path("delivery").asInt()).as(run).isEqualTo(1);
    }
    Map<String, Long> queued = client.recordsByKey(Topics.queues());
    assertThat(runs).hasSize(KILLS * (requests + 2));
    assertThat(runs).allSatisfy(run -> assertThat(queued.get(run)).as(run).isEqualTo(1));
  }

  /** A sweep with runs of about one second, and with seeds until the experiment is decided. */
  private static final String UNDECIDED =
      """
      {"run": "%1$s", "experiment": "%1$s",
       "seeds": {"from": 2, "to": 8, "until": "decided"},
       "variants": [{"variant": "plain"},
                    {"variant": "wide", "dataset": {"window": 24}},
                    {"variant": "slow", "optimizer": {"type": "SGD", "learning_rate": 1e-6}}],
       "dataset": {"name": "elnino", "column": "temperature", "window": 12},
       "model": {"layers": [{"type": "Flatten"}, {"type": "Dense", "units": 1}]},
       "loss": "mse", "epochs": 1, "batch_size": 512}
      """;

  private static final String SEARCH =
      """
      {"run": "%1$s", "experiment": "%1$s",
       "search": {"strategy": "successive_halving", "metric": "val_loss", "trials": 9, "max_epochs": 9,
                  "reduction_factor": 3, "finalists": {"count": 2, "seeds": 2}},
       "dataset": {"name": "elnino", "column": "temperature", "window": 12, "validation_fraction": 0.2},
       "model": {"layers": [{"type": "Flatten"}, {"type": "Dense", "units": 1}]},
       "optimizer": {"type": "Adam", "learning_rate": {"sweep": {"min": 1e-4, "max": 1, "scale": "log"}}},
       "loss": "mse", "batch_size": 64}
      """;

  @Test
  @Order(7)
  void killingTheResultsServiceRepeatedlyDoesNotChangeAnAdaptiveSweep() throws Exception {
    assertSameDecision("seeds", UNDECIDED);

    assertThat(losses("seeds-quiet")).hasSizeGreaterThanOrEqualTo(6);
  }

  @Test
  @Order(8)
  void killingTheResultsServiceRepeatedlyDoesNotChangeASearch() throws Exception {
    assertSameDecision("search", SEARCH);

    assertThat(losses("search-quiet")).as("9 trials and 2 finalists with 2 seeds").hasSize(13);
  }

  /**
   * Runs a sweep twice, the second time under another name while the results service is killed
   * repeatedly, and checks that the losses and the answer are the same.
   */
  private static void assertSameDecision(String name, String sweep) throws Exception {
    String quiet = name + "-quiet";
    String shaken = name + "-shaken";
    client.publish(quiet, sweep.formatted(quiet));
    await().atMost(PATIENCE).until(() -> isDecided(quiet));

    client.publish(shaken, sweep.formatted(shaken));
    for (int kill = 0; kill < KILLS && !isDecided(shaken); kill++) {
      Duration moment = Duration.ofMillis(RANDOM.nextInt(6_000));
      await().pollDelay(moment).atMost(PATIENCE).until(() -> true);
      kill(instance("results-1"));
      bringUp();
    }
    await().atMost(PATIENCE).until(() -> isDecided(shaken));

    assertThat(losses(shaken)).isEqualTo(losses(quiet));
    assertThat(answer(shaken)).isEqualTo(answer(quiet));
    Map<String, Long> queued = client.recordsByKey(Topics.queues());
    for (JsonNode run : runs(shaken)) {
      String id = run.path("run").asText();
      String same = quiet + id.substring(shaken.length());
      assertThat(queued.get(id)).as(id).isEqualTo(queued.get(same));
      assertThat(run(id).path("delivery").asInt()).as(id).isEqualTo(1);
    }
  }

  private static String answer(String experiment) {
    return new Results(settings.addresses().results())
        .experiment(experiment)
        .orElseThrow()
        .path("answer")
        .asText();
  }

  /** Whether all runs of the experiment have ended, and no adaptive sweep is open. */
  private static boolean isDecided(String experiment) {
    JsonNode runs = runs(experiment);
    boolean ended = !runs.isEmpty();
    for (JsonNode run : runs) {
      ended &= Watch.hasEnded(run);
    }
    return ended
        && new Results(settings.addresses().results())
            .get("/q/metrics")
            .orElse("")
            .lines()
            .anyMatch(line -> line.matches("millrace_results_adaptive_open(\\{.*})? 0\\.0"));
  }

  private static JsonNode runs(String experiment) {
    return new Results(settings.addresses().results())
        .read("/runs?limit=500&experiment=" + experiment)
        .path("runs");
  }

  /** The test loss of every run, by the part of the run id after the experiment's name. */
  private static Map<String, JsonNode> losses(String experiment) {
    var losses = new TreeMap<String, JsonNode>();
    for (JsonNode summary : runs(experiment)) {
      String run = summary.path("run").asText();
      losses.put(run.substring(experiment.length()), run(run).path("test").path("loss"));
    }
    return losses;
  }

  private static void bringUp() {
    stack.up(settings, line -> {});
  }

  private static void kill(Instance instance) {
    ProcessHandle process = instance.process().orElseThrow();
    process.destroyForcibly();
    process.onExit().join();
  }

  private static void signal(String name, Instance instance) throws Exception {
    long pid = instance.process().orElseThrow().pid();
    assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor())
        .isZero();
  }

  private static Instance trainerOf(String run) {
    return instance(run(run).path("trainer").asText());
  }

  private static Instance instance(String name) {
    return stack.instances().stream().filter(i -> i.name().equals(name)).findFirst().orElseThrow();
  }

  private static void assertEqualsCalm(String run) throws Exception {
    JsonNode calm = client.completed("calm");
    JsonNode ended = client.completed(run);
    assertThat(client.losses(run)).isEqualTo(client.losses("calm"));
    assertThat(entries(ended)).containsExactlyEntriesOf(entries(calm));
    assertThat(ended.path("test")).isEqualTo(calm.path("test"));
  }

  /** The weights and the optimizer's state of a stored model. */
  private static Map<String, List<Byte>> entries(JsonNode run) throws IOException {
    Path model = home.models().resolve(run.path("model").path("path").asText());
    try (var zip = new ZipFile(model.toFile())) {
      var entries = new TreeMap<String, List<Byte>>();
      for (String name : List.of("coefficients.bin", "optimizer.bin")) {
        byte[] bytes = zip.getInputStream(zip.getEntry(name)).readAllBytes();
        entries.put(name, IntStream.range(0, bytes.length).mapToObj(i -> bytes[i]).toList());
      }
      return entries;
    }
  }

  private static void awaitStep(String run, int step) {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                client
                    .run(run)
                    .filter(r -> r.path("steps_done").asInt() >= step || Watch.hasEnded(r))
                    .isPresent());
  }

  private static JsonNode run(String run) {
    return client.run(run).orElseThrow();
  }

  private static void publish(String run) throws Exception {
    client.publish(run, REQUEST.formatted(run, run, EPOCHS));
  }
}
