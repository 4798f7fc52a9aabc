package io.millrace.results;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.contracts.event.TrainingEvent;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.results.adaptive.AdaptiveController;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Searches with a simulated trainer. Trial 0 is the best, and the last trial is the worst. */
@QuarkusTest
@QuarkusTestResource(Infrastructure.class)
class SearchTest extends RunningService {
  private static final Pattern TRIAL = Pattern.compile("-(\\d+)(-s\\d+)?$");

  @Inject AdaptiveController controller;

  @Test
  void theBestTrialsAreExtendedAndOnlyFurtherRunsOfFinalistsAreCompared() throws Exception {
    try (var trainer =
        trainer("finds", request -> trial(request) == 8 ? Life.FAILS : Life.COMPLETES)) {
      byte[] search = Events.searchRequest("finds", "successive_halving", 9, 4);
      publisher.request("finds-base", search);
      awaitEnd("finds-base", "finished");
      publisher.request("finds-base", search);
      controller.pass();

      assertThat(labels(trainer.taken()))
          .containsExactlyInAnyOrder(
              "0 to 1",
              "1 to 1",
              "2 to 1",
              "3 to 1",
              "4 to 1",
              "5 to 1",
              "6 to 1",
              "7 to 1",
              "8 to 1",
              "0 on to 3",
              "1 on to 3",
              "2 on to 3",
              "0 on to 9",
              "0-s1 to 9",
              "0-s2 to 9",
              "1-s1 to 9",
              "1-s2 to 9");
      assertThat(trainer.taken())
          .filteredOn(request -> request.run().equals("finds-base-1-s2"))
          .singleElement()
          .satisfies(request -> assertThat(request.seed()).isEqualTo(9));
    }

    JsonPath view = get("/experiments/finds");
    List<String> trials = view.getList("search.trials.variant");
    assertThat(trials).hasSize(9).doesNotHaveDuplicates();
    assertThat(view.getList("search.finalists")).isEqualTo(trials.subList(0, 2));
    assertThat(view.getList("search.trials.stopped"))
        .startsWith(
            null,
            "stopped after 3 epochs: 2nd of 3 by val_loss, the best went on",
            "stopped after 3 epochs: 3rd of 3 by val_loss, the best went on",
            "stopped after 1 epoch: 4th of 9 by val_loss, the best 3 went on")
        .endsWith("stopped at 1 epoch: its run failed");
    assertThat(view.getString("search.trials[0].status")).isEqualTo("finished");
    assertThat(view.getInt("search.trials[0].rung")).isEqualTo(2);
    assertThat(view.getDouble("search.trials[0].value")).isEqualTo(0.91);
    assertThat(view.getDouble("search.trials[3].value")).isEqualTo(1.02);
    assertThat("learning_rate-" + view.get("search.trials[4].values['optimizer.learning_rate']"))
        .isEqualTo(trials.get(4));
    // Trial 0 trained 9 epochs, two trials 3, five 1, and one none.
    assertThat(view.getInt("search.epochs_spent")).isEqualTo(20);
    assertThat(view.getInt("search.epochs_in_full")).isEqualTo(81);
    assertThat(view.getBoolean("search.open")).isFalse();

    assertThat(view.getList("variants.variant")).isEqualTo(trials.subList(0, 2));
    assertThat(view.getList("variants[1].runs.run"))
        .isEqualTo(List.of("finds-base-1-s1", "finds-base-1-s2"));
    assertThat(view.getString("metric")).isEqualTo("test_loss");
    assertThat(view.getString("baseline")).isEqualTo(trials.get(0));
    assertThat(view.getString("answer"))
        .startsWith(trials.get(1) + " does worse than " + trials.get(0) + ": test_loss");
    String listed = "experiments.find { it.experiment == 'finds' }.answer";
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(get("/experiments?limit=499").getString(listed))
                    .isEqualTo(view.getString("answer")));
    assertThat(get("/experiments/finds/curves?metric=val_loss&x=epoch").getList("variants.runs"))
        .isEqualTo(List.of(2, 2));
    assertThat(
            given()
                .contentType("application/json")
                .post("/experiments/finds/more")
                .then()
                .statusCode(202)
                .extract()
                .jsonPath()
                .getList("runs"))
        .hasSize(2);
  }

  @Test
  void aCancelledRunOrALostPlanStateDoesNotStallTheSearch() throws Exception {
    try (var trainer =
        trainer(
            "goes-on",
            request ->
                trial(request) == 1
                    ? Life.IS_CANCELLED
                    : request.run().equals("goes-on-base-0") && request.isExtension()
                        ? Life.WAITS
                        : Life.COMPLETES)) {
      publisher.request("goes-on-base", Events.searchRequest("goes-on", "asha", 9, 4));
      awaitTrue("select extending from run where run = 'goes-on-base-0'");
      // As after a crash: only the table of runs shows which runs were requested.
      execute("update adaptive set outcome = null where base = 'goes-on-base'");
      controller.pass();
      given().delete("/runs/goes-on-base-0").then().statusCode(202);

      awaitEnd("goes-on-base", "finished");
      assertThat(labels(trainer.taken())).doesNotHaveDuplicates();
    }

    JsonPath view = get("/experiments/goes-on");
    assertThat(view.getString("search.trials[0].stopped"))
        .isEqualTo("stopped at 3 epochs: its extension was cancelled");
    assertThat(view.getString("search.trials[1].stopped"))
        .isEqualTo("stopped at 1 epoch: its run was cancelled");
    assertThat(view.getList("search.finalists")).hasSize(2);
  }

  @Test
  void cancellingAnExperimentCancelsTheQueuedRunsOfItsSearch() throws Exception {
    publisher.request("halts-base", Events.searchRequest("halts", "hyperband", null, 3));
    awaitState("halts-base-2", "QUEUED");
    JsonPath begun = awaitUntil("/experiments/halts", view -> view.get("search") != null);
    assertThat(begun.getList("variants")).isEmpty();
    assertThat(
            given()
                .contentType("application/json")
                .post("/experiments/halts/more")
                .then()
                .statusCode(409)
                .extract()
                .asString())
        .contains("is a search that is still running");

    JsonPath done =
        given().post("/experiments/halts/cancel").then().statusCode(200).extract().jsonPath();

    assertThat(done.getInt("runs")).isEqualTo(3);
    assertThat(done.getInt("sweeps")).isEqualTo(1);
    controller.pass();
    assertThat(text("select count(*) from run where experiment = 'halts'")).isEqualTo("3");
    JsonPath view =
        awaitUntil(
            "/experiments/halts",
            found -> !found.getBoolean("search.open") && found.getString("answer") != null);
    assertThat(view.getString("answer")).startsWith("The search ended (cancelled by a user): ");
    assertThat(view.getList("search.trials.stopped").get(16))
        .isEqualTo("stopped because the search ended: cancelled by a user");
    assertThat(view.getInt("search.trials[16].bracket")).isEqualTo(2);
  }

  @Test
  void anInvalidSearchIsRefusedWithItsField() {
    String refusal =
        given()
            .contentType("application/json")
            .body(Events.searchRequest("never", "bayesian", 9, 3))
            .post("/runs")
            .then()
            .statusCode(400)
            .extract()
            .asString();

    assertThat(refusal).contains("search.strategy", "give asha");
  }

  /** What the trainer does with a run. */
  enum Life {
    COMPLETES,
    FAILS,
    IS_CANCELLED,
    WAITS
  }

  interface Fate {
    Life of(TrainingRequest request);
  }

  static PlayedTrainer trainer(String experiment, Fate fate) {
    Map<String, Integer> epochs = new ConcurrentHashMap<>();
    return new PlayedTrainer(
        experiment,
        publisher,
        request ->
            switch (fate.of(request)) {
              case COMPLETES -> {
                Integer before = epochs.put(request.run(), request.epochs());
                yield completes(request, before == null ? 0 : before);
              }
              case FAILS -> {
                Events events = Events.of(request);
                yield List.of(events.started(), events.failed("out of memory"));
              }
              case IS_CANCELLED -> {
                Events events = Events.of(request);
                yield List.of(events.started(), events.cancelled());
              }
              case WAITS -> List.of();
            });
  }

  /** The events of a completed run. A lower trial is better, and the loss falls with each epoch. */
  static List<TrainingEvent> completes(TrainingRequest request, int before) {
    Events events = Events.of(request);
    var all = new ArrayList<TrainingEvent>();
    all.add(events.started());
    for (int epoch = before; epoch < request.epochs(); epoch++) {
      double loss = Math.round(100 + trial(request) - epoch - 1.0) / 100.0;
      all.add(events.epoch(epoch, loss, loss));
    }
    double noise = request.seed() % 2 / 1000.0;
    all.add(events.evaluatedImages(0.5, 1 + trial(request) + noise));
    all.add(events.completed(request.epochs()));
    return all;
  }

  private static int trial(TrainingRequest request) {
    var matcher = TRIAL.matcher(request.run());
    matcher.find();
    return Integer.parseInt(matcher.group(1));
  }

  /** Each run with its epochs, such as {@code 1-s2 to 9}. */
  private static List<String> labels(List<TrainingRequest> requests) {
    return requests.stream()
        .map(
            request ->
                request.run().replaceFirst("^.*-base-", "")
                    + (request.isExtension() ? " on to " : " to ")
                    + request.epochs())
        .toList();
  }

  static void awaitEnd(String base, String reason) {
    await()
        .atMost(PATIENCE)
        .until(
            () -> text("select end_reason from adaptive where base = '" + base + "'"),
            reason::equals);
  }
}
