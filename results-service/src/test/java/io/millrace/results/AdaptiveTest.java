package io.millrace.results;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.contracts.event.RefusedBy;
import io.millrace.contracts.event.TrainingEvent.RunRejected;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.messaging.Topics;
import io.millrace.results.adaptive.AdaptiveController;
import io.millrace.results.submission.PublishingException;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Sweeps that add seeds until each comparison is decided, with a simulated trainer. */
@QuarkusTest
@QuarkusTestResource(Infrastructure.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AdaptiveTest extends RunningService {
  private static final String THREE =
      "{\"variant\": \"plain\"}, {\"variant\": \"clear\", \"epochs\": 3},"
          + " {\"variant\": \"same\", \"epochs\": 4}";
  private static final String TWO = "{\"variant\": \"plain\"}, {\"variant\": \"same\"}";

  @Inject AdaptiveController controller;

  @Test
  void aDecidedVariantGetsNoMoreSeedsAndEachRunIsTrainedOnce() throws Exception {
    byte[] sweep = sweep("decides", 3, 6, THREE);
    try (var trainer = trainer("decides")) {
      publisher.request("decides-base", sweep);
      await().atMost(PATIENCE).until(() -> trainer.taken().size() >= 9);
      publisher.request("decides-base", sweep);
      awaitEnd("decides-base", "finished");

      publisher.request("decides-base", sweep);
      assertThat(post("/runs", sweep(withRun("decides-base", sweep))).extract().statusCode())
          .isEqualTo(202);
      awaitQueue("decides");
      assertThat(names(trainer.taken()))
          .containsExactlyInAnyOrder(
              "plain 0", "plain 1", "plain 2", "plain 3", "plain 4", "plain 5", "clear 0",
              "clear 1", "clear 2", "same 0", "same 1", "same 2", "same 3", "same 4", "same 5");
      assertThat(trainer.taken().stream().filter(run -> run.run().equals("decides-base-15")))
          .singleElement()
          .satisfies(
              run -> {
                assertThat(run.variant()).isEqualTo("same");
                assertThat(run.seed()).isEqualTo(3);
                assertThat(run.epochs()).isEqualTo(4);
              });
      JsonPath outcome = outcome("decides-base");
      assertThat(outcome.getBoolean("finished")).isTrue();
      assertThat(outcome.getInt("decisions.find { it.variant == 'clear' }.seeds")).isEqualTo(3);
      assertThat(outcome.getInt("decisions.find { it.variant == 'same' }.seeds")).isEqualTo(6);

      JsonPath view = get("/experiments/decides");
      assertThat(view.getString("answer"))
          .startsWith(
              "clear helps; it is not clear yet whether same helps. Best is clear: test_acc");
      awaitListed("decides", view.getString("answer"));
      assertThat(view.getList("adaptive.looks.seeds")).isEqualTo(List.of(3, 6));
      assertThat(view.getList("adaptive.looks[0].decided")).isEqualTo(List.of("clear"));
      assertThat(view.getBoolean("adaptive.open")).isFalse();
      assertThat(view.getInt("variants.find { it.variant == 'clear' }.comparison.decided_after"))
          .isEqualTo(3);

      JsonPath other =
          post("/runs", sweep(withRun("decides-base", sweep("decides", 3, 7, THREE))))
              .statusCode(409)
              .extract()
              .jsonPath();
      assertThat(other.getString("field")).isEqualTo("run");

      // A sweep that has ended does not continue after its runs are deleted or archived.
      given().post("/runs/decides-base-0/delete").then().statusCode(200);
      given().post("/runs/decides-base-1/archive").then().statusCode(200);
      controller.pass();
      awaitQueue("decides");
      assertThat(trainer.taken()).hasSize(15);
    }
  }

  @Test
  void eachRunIsRequestedOnceDespiteConcurrentControllerPasses() throws Exception {
    try (var trainer = trainer("throng")) {
      publisher.request("throng-base", sweep("throng", 2, 8, TWO));
      var threads = Executors.newFixedThreadPool(4);
      var passes = new ArrayList<Future<?>>();
      for (int i = 0; i < 4; i++) {
        passes.add(
            threads.submit(() -> await().atMost(PATIENCE).until(() -> passAndSee("throng-base"))));
      }
      threads.shutdown();
      for (Future<?> pass : passes) {
        pass.get();
      }

      awaitQueue("throng");
      assertThat(names(trainer.taken())).hasSize(16).doesNotHaveDuplicates();
      for (int seed = 2; seed < 8; seed++) {
        assertThat(records(Topics.TRAINING_REQUESTS, "throng-base-" + seed)).hasSize(1);
        assertThat(records(Topics.TRAINING_REQUESTS, "throng-base-" + (8 + seed))).hasSize(1);
      }
    }
  }

  private boolean passAndSee(String base) throws SQLException {
    controller.pass();
    return text("select end_reason from adaptive where base = '" + base + "'") != null;
  }

  @Test
  void failedCancelledRejectedAndUnevaluatedRunsDoNotStallASweep() throws Exception {
    try (var trainer =
        new PlayedTrainer(
            "stalls",
            publisher,
            request -> {
              Events events = Events.of(request);
              return switch (request.variant() + " " + request.seed()) {
                case "same 0" -> List.of(events.started(), events.failed("out of memory"));
                case "plain 1" -> List.of(events.started(), events.cancelled());
                case "same 2" ->
                    List.of(
                        new RunRejected(
                            1,
                            request.run(),
                            Instant.now(),
                            "loss",
                            "loss: cannot be",
                            false,
                            RefusedBy.TRAINER));
                case "plain 2" -> List.of(events.started(), events.completed(1));
                default -> events.imageLife(value(request), 1.0);
              };
            })) {
      publisher.request("stalls-base", sweep("stalls", 2, 4, TWO));

      awaitEnd("stalls-base", "finished");
      awaitQueue("stalls");
      assertThat(names(trainer.taken())).hasSize(8).doesNotHaveDuplicates();
    }
  }

  @Test
  void aSweepRequestsNoMoreSeedsAfterItsMaxHours() throws Exception {
    publisher.request("late-base", sweep("late", 2, 4, TWO));
    awaitState("late-base-5", "QUEUED");
    execute(
        "update adaptive set requested_at = now() - interval '169 hours' where base = 'late-base'");

    awaitEnd("late-base", "max_hours have passed");

    complete("late-base", 4, 2);
    controller.pass();
    awaitQueue("late");
    assertThat(number("select count(*) from run where experiment = 'late'")).isEqualTo(4);
  }

  @Test
  void cancellingAnExperimentCancelsAllItsRunsAndStopsFurtherSeeds() throws Exception {
    given().post("/experiments/nobody/cancel").then().statusCode(404);
    publisher.request("off-base", sweep("off", 2, 4, TWO));
    awaitState("off-base-5", "QUEUED");
    awaitQueue("off");
    publisher.events(
        Events.of(Messages.readRequest(records(Topics.TRAINING_QUEUE, "off-base-0").get(0).value()))
            .started());
    awaitState("off-base-0", "RUNNING");
    given().post("/experiments/off/archive").then().statusCode(409);

    JsonPath done =
        given().post("/experiments/off/cancel").then().statusCode(200).extract().jsonPath();

    assertThat(done.getInt("runs")).isEqualTo(4);
    assertThat(done.getInt("sweeps")).isEqualTo(1);
    for (String run : List.of("off-base-1", "off-base-4", "off-base-5")) {
      assertThat(get("/runs/" + run).getString("state")).isEqualTo("CANCELLED");
    }
    for (String run : List.of("off-base-0", "off-base-1", "off-base-4", "off-base-5")) {
      assertThat(records(Topics.TRAINING_COMMANDS, run)).hasSize(1);
    }
    assertThat(text("select end_reason from adaptive where base = 'off-base'"))
        .isEqualTo("cancelled by a user");
    publisher.events(Events.ofImages("off-base-0", "off", "plain", 0).cancelled());
    awaitState("off-base-0", "CANCELLED");
    controller.pass();
    awaitQueue("off");
    assertThat(number("select count(*) from run where experiment = 'off'")).isEqualTo(4);
    assertThat(
            given()
                .post("/experiments/off/cancel")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath()
                .getInt("runs"))
        .isZero();
    given().post("/experiments/off/delete").then().statusCode(200);
    assertThat(number("select count(*) from adaptive where experiment = 'off'")).isZero();
    given().post("/experiments/off/cancel").then().statusCode(404);

    publisher.request("off-base", sweep("off", 2, 4, TWO));
    awaitState("off-base-5", "QUEUED");
    assertThat(text("select end_reason from adaptive where base = 'off-base'")).isNull();
    given().post("/experiments/off/cancel").then().statusCode(200);
  }

  @Test
  void moreSeedsContinueFromTheLargestSeedOfEachVariant() {
    for (String run : List.of("plain 0", "plain 1", "dropout 5")) {
      String[] words = run.split(" ");
      String id = "more-" + words[0] + words[1];
      publisher.request(id, Events.imageRequest(id, "more", words[0], Long.parseLong(words[1])));
      awaitState(id, "QUEUED");
    }
    publisher.events(Events.ofImages("more-plain1", "more", "plain", 1).imageLife(0.5, 1.0));
    awaitState("more-plain1", "COMPLETED");

    assertThat(more("more", "").statusCode(202).extract().jsonPath().getList("runs"))
        .containsExactly("more-dropout-s6", "more-plain-s2");
    assertThat(
            more("more", "{\"variant\": \"plain\", \"seeds\": 2}")
                .statusCode(202)
                .extract()
                .jsonPath()
                .getList("runs"))
        .containsExactly("more-plain-s3", "more-plain-s4");

    awaitState("more-plain-s4", "QUEUED");
    JsonPath run = get("/runs/more-plain-s4");
    assertThat(run.getString("variant")).isEqualTo("plain");
    assertThat(run.getInt("seed")).isEqualTo(4);
    awaitQueue("more");
    for (String id : List.of("more-dropout-s6", "more-plain-s2", "more-plain-s3")) {
      assertThat(records(Topics.TRAINING_QUEUE, id)).hasSize(1);
    }
    assertThat(more("more", "{\"variant\": \"drop\"}").statusCode(400).extract().asString())
        .contains("variant", "dropout, plain");
    assertThat(more("more", "{\"seeds\": 51}").statusCode(400).extract().asString())
        .contains("1..50");
    assertThat(more("more", "{\"seed\": 1}").statusCode(400).extract().asString()).contains("seed");
    more("nobody", "").statusCode(404);
  }

  @Test
  void moreSeedsAreRefusedWhileASweepAddsThemItself() {
    publisher.request("itself-base", sweep("itself", 2, 3, TWO));
    awaitState("itself-base-4", "QUEUED");

    assertThat(more("itself", "").statusCode(409).extract().asString())
        .contains("until it is decided");

    given().post("/experiments/itself/cancel").then().statusCode(200);
    more("itself", "{\"variant\": \"same\"}").statusCode(202);
  }

  @Test
  @Order(Integer.MAX_VALUE)
  void aBrokerOutageBetweenDecidingAndPublishingLosesNoRuns() throws Exception {
    publisher.request("stopped-base", sweep("stopped", 2, 3, TWO));
    awaitState("stopped-base-4", "QUEUED");
    awaitQueue("stopped");
    Infrastructure.stopBroker();
    try {
      complete("stopped-base", 3, 2);
      assertThat(
              given()
                  .post("/experiments/stopped/archive")
                  .then()
                  .statusCode(409)
                  .extract()
                  .asString())
          .contains("until it is decided");
      await().atMost(PATIENCE).until(this::failsToPublish);
      assertThat(number("select count(*) from run where experiment = 'stopped'")).isEqualTo(4);
    } finally {
      Infrastructure.startBroker();
    }

    awaitState("stopped-base-2", "QUEUED");
    awaitState("stopped-base-5", "QUEUED");
    awaitQueue("stopped");
    for (int run = 0; run < 6; run++) {
      assertThat(records(Topics.TRAINING_QUEUE, "stopped-base-" + run)).hasSize(1);
    }
    complete("stopped-base", 3, 3);
    awaitEnd("stopped-base", "finished");
  }

  private boolean failsToPublish() {
    try {
      controller.pass();
      return false;
    } catch (PublishingException e) {
      return true;
    }
  }

  /** Completes the first seeds of both variants in the database, without a trainer. */
  private static void complete(String base, int to, int seeds) throws SQLException {
    for (int variant = 0; variant < 2; variant++) {
      for (int seed = 0; seed < seeds; seed++) {
        String run = base + "-" + (variant * to + seed);
        execute(
            "update run set state = 'COMPLETED', progress = 4, ended_at = now() where run = '"
                + run
                + "'");
        execute(
            "insert into run_metric select id, 'test_acc', "
                + (0.5 + 0.01 * ((seed + variant) % 2))
                + " from run where run = '"
                + run
                + "' on conflict do nothing");
      }
    }
  }

  private static PlayedTrainer trainer(String experiment) {
    return new PlayedTrainer(
        experiment, publisher, request -> Events.of(request).imageLife(value(request), 1.0));
  }

  /** The accuracy: {@code clear} is far better than the others, which differ only by a spread. */
  private static double value(TrainingRequest request) {
    double spread = 0.01 * ((request.seed() + request.variant().length()) % 3);
    return (request.variant().equals("clear") ? 0.9 : 0.5) + spread;
  }

  private static List<String> names(List<TrainingRequest> runs) {
    return runs.stream().map(run -> run.variant() + " " + run.seed()).toList();
  }

  private static byte[] sweep(String experiment, int from, int to, String variants) {
    return new String(Events.imageRequest(null, experiment, "plain", 1), StandardCharsets.UTF_8)
        .replace(
            "\"variant\": \"plain\", \"seed\": 1",
            "\"seeds\": {\"from\": %d, \"to\": %d, \"until\": \"decided\"}, \"variants\": [%s]"
                .formatted(from, to, variants))
        .getBytes(StandardCharsets.UTF_8);
  }

  private static String withRun(String run, byte[] sweep) {
    return "{\"run\": \""
        + run
        + "\", "
        + new String(sweep, StandardCharsets.UTF_8).strip().substring(1);
  }

  private static byte[] sweep(String json) {
    return json.getBytes(StandardCharsets.UTF_8);
  }

  private static ValidatableResponse post(String path, byte[] body) {
    return given().contentType("application/json").body(body).post(path).then();
  }

  private static ValidatableResponse more(String experiment, String body) {
    return post("/experiments/" + experiment + "/more", body.getBytes(StandardCharsets.UTF_8));
  }

  private static void awaitEnd(String base, String reason) {
    await()
        .atMost(PATIENCE)
        .until(
            () -> text("select end_reason from adaptive where base = '" + base + "'"),
            reason::equals);
  }

  /** Waits for an answer in the list of experiments, which may be a second old. */
  private static void awaitListed(String experiment, String answer) {
    String path = "experiments.find { it.experiment == '" + experiment + "' }.answer";
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(get("/experiments?limit=499").getString(path)).isEqualTo(answer));
  }

  /** Waits until every admitted run is on the queue and admission has caught up. */
  private static void awaitQueue(String experiment) {
    String last = experiment + "-last";
    publisher.request(last, Events.imageRequest(last, experiment + "-end", "plain", 1));
    awaitState(last, "QUEUED");
    await().atMost(PATIENCE).until(() -> !records(Topics.TRAINING_QUEUE, last).isEmpty());
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              Set<String> queued =
                  records(Topics.TRAINING_QUEUE).stream()
                      .map(ConsumerRecord::key)
                      .collect(Collectors.toSet());
              try (var database = Infrastructure.database();
                  var statement = database.createStatement();
                  var runs =
                      statement.executeQuery(
                          "select run from run where place is not null and experiment = '"
                              + experiment
                              + "'")) {
                while (runs.next()) {
                  if (!queued.contains(runs.getString(1))) {
                    return false;
                  }
                }
                return true;
              }
            });
  }

  private static JsonPath outcome(String base) throws SQLException {
    return new JsonPath(text("select outcome from adaptive where base = '" + base + "'"));
  }

  private static long number(String sql) throws SQLException {
    return Long.parseLong(text(sql));
  }
}
