package io.millrace.results;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contracts.event.TrainingEvent;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Pages of lists, the comparison of variants, and the errors of both. */
@QuarkusTest
@QuarkusTestResource(Infrastructure.class)
class ListsTest extends RunningService {
  private static final Offset<Double> EXACT = Offset.offset(1e-12);

  @Test
  void lossesAreReturnedInPages() {
    Events events = Events.ofImages("paged-1", "paged", "plain", 1);
    publisher.events(
        events.started(), events.steps(0, 6.0, 5.0, 4.0), events.steps(1, 3.0, 2.0, 1.0));
    awaitUntil("/runs/paged-1", json -> json.getInt("steps_done") == 6);

    JsonPath first = get("/runs/paged-1/losses?limit=4");
    assertThat(first.getList("steps.step")).containsExactly(0, 1, 2, 3);
    assertThat(first.getList("steps.epoch")).containsExactly(0, 0, 0, 1);
    assertThat(first.getInt("next")).isEqualTo(4);

    JsonPath second = get("/runs/paged-1/losses?limit=4&from=4");
    assertThat(second.getList("steps.loss")).containsExactly(2.0, 1.0);
    assertThat(second.getMap("")).doesNotContainKey("next");
    assertThat(get("/runs/paged-1/losses?from=6").getList("steps")).isEmpty();
  }

  @Test
  void pagesOfLossesSkipLargeGapsBetweenSteps() {
    Events events = Events.ofImages("apart-1", "apart", "plain", 1);
    publisher.events(events.started());
    for (long step : List.of(4_000_000_000L, 7_000L, 2_000L, 5_000L, 0L)) {
      publisher.events(
          new TrainingEvent.StepsCompleted(
              1, "apart-1", java.time.Instant.EPOCH, 0, step, List.of(step / 2.0)));
    }
    awaitUntil("/runs/apart-1/losses?limit=5", json -> json.getList("steps.step").contains(0));

    JsonPath first = get("/runs/apart-1/losses?limit=4");
    assertThat(first.getList("steps.step")).containsExactly(0, 2_000, 5_000, 7_000);
    assertThat(first.getLong("next")).isEqualTo(4_000_000_000L);
    JsonPath second = get("/runs/apart-1/losses?limit=4&from=" + first.getLong("next"));
    assertThat(second.getList("steps.loss")).containsExactly(2e9);
    assertThat(second.getMap("")).doesNotContainKey("next");
  }

  @Test
  void runsAreReturnedInPagesNewestFirst() {
    for (int i = 0; i < 5; i++) {
      publisher.events(
          Events.ofImages("list-" + i, "list", i % 2 == 0 ? "even" : "odd", i).started());
    }
    awaitUntil("/runs?experiment=list", json -> json.getList("runs").size() == 5);

    var seen = new ArrayList<String>();
    String next = "";
    while (next != null) {
      JsonPath page =
          get("/runs?experiment=list&limit=2" + (next.isEmpty() ? "" : "&cursor=" + next));
      seen.addAll(page.getList("runs.run"));
      next = page.getString("next");
    }

    assertThat(seen).containsExactly("list-4", "list-3", "list-2", "list-1", "list-0");
    assertThat(get("/runs?experiment=list&variant=odd").getList("runs.run"))
        .containsExactly("list-3", "list-1");
    assertThat(get("/runs?experiment=list&state=COMPLETED").getList("runs")).isEmpty();
  }

  @Test
  void anExperimentComparesItsVariantsOverTheirReplicates() {
    double[] accuracies = {0.5, 0.75, 0.625};
    double[] lastLosses = {1.0, 1.5, 2.0};
    for (int seed = 0; seed < 3; seed++) {
      publisher.events(
          Events.ofImages("compare-" + seed, "compare", "plain", seed)
              .imageLife(accuracies[seed], 1.25, lastLosses[seed]));
    }
    publisher.events(
        Events.ofImages("compare-single", "compare", "dropout", 0).imageLife(0.875, 2.0));
    Events failing = Events.ofImages("compare-failing", "compare", "dropout", 1);
    publisher.events(failing.started(), failing.failed("no memory"));
    awaitUntil(
        "/experiments/compare",
        json ->
            json.getList("variants.runs.flatten()").size() == 5
                && json.getList("variants.runs.flatten().state").stream()
                    .noneMatch("RUNNING"::equals));

    JsonPath plain = variant("compare", "plain");
    assertThat(plain.getInt("completed")).isEqualTo(3);
    assertThat(plain.getList("seeds", Integer.class)).containsExactlyInAnyOrder(0, 1, 2);
    // 0.5, 0.75, 0.625: the mean is 0.625, and the variance is (2/64) / (n - 1) = 1/64.
    assertThat(plain.getDouble("test.acc.mean")).isCloseTo(0.625, EXACT);
    assertThat(plain.getDouble("test.acc.std")).isCloseTo(0.125, EXACT);
    assertThat(plain.getDouble("test.acc.min")).isEqualTo(0.5);
    assertThat(plain.getDouble("test.acc.max")).isEqualTo(0.75);
    assertThat(plain.getInt("test.acc.n")).isEqualTo(3);
    assertThat(plain.getDouble("last_epoch.val_loss.mean")).isCloseTo(1.5, EXACT);
    assertThat(plain.getDouble("last_epoch.val_loss.std")).isCloseTo(0.5, EXACT);
    assertThat(plain.getString("baseline.name")).isEqualTo("majority_class");
    assertThat(plain.getDouble("baseline.metrics.acc.mean")).isEqualTo(0.5);
    assertThat(plain.getDouble("seconds.mean")).isEqualTo(12.5);
    // Each run has an epoch with 64 samples per second and one with 65.
    assertThat(plain.getDouble("samples_per_second.mean")).isCloseTo(64.5, EXACT);
    // The lowest val_loss is 1.0 in epoch 1, 1.25 in epoch 0, and 1.25 in epoch 0.
    assertThat(plain.getDouble("best_epoch.mean")).isCloseTo(1.0 / 3, EXACT);
    assertThat(plain.getDouble("best_val_loss.max")).isEqualTo(1.25);

    JsonPath dropout = variant("compare", "dropout");
    assertThat(dropout.getMap("states")).isEqualTo(Map.of("COMPLETED", 1, "FAILED", 1));
    assertThat(dropout.getInt("test.acc.n")).isEqualTo(1);
    assertThat(dropout.getMap("test.acc"))
        .as("one replicate has no spread to judge by")
        .containsEntry("std", null);

    JsonPath list = get("/experiments?limit=500");
    Map<String, Object> line =
        list.getList("experiments", Map.class).stream()
            .map(found -> (Map<?, ?>) found)
            .filter(found -> "compare".equals(found.get("experiment")))
            .findFirst()
            .map(ListsTest::stringKeys)
            .orElseThrow();
    assertThat(line)
        .containsEntry("runs", 5)
        .containsEntry("variants", 2)
        .containsEntry("states", Map.of("COMPLETED", 4, "FAILED", 1));
  }

  @Test
  void experimentsAreReturnedInPages() {
    for (int i = 0; i < 3; i++) {
      publisher.events(Events.ofImages("exp-run-" + i, "exp-page-" + i, "plain", i).started());
      awaitState("exp-run-" + i, "RUNNING");
    }

    var seen = new ArrayList<String>();
    String next = "";
    while (next != null) {
      JsonPath page = get("/experiments?limit=2" + (next.isEmpty() ? "" : "&cursor=" + next));
      assertThat(page.getList("experiments")).hasSizeLessThanOrEqualTo(2);
      seen.addAll(page.getList("experiments.experiment"));
      next = page.getString("next");
    }

    assertThat(seen)
        .doesNotHaveDuplicates()
        .containsSubsequence("exp-page-2", "exp-page-1", "exp-page-0");
  }

  @Test
  void unknownResourcesReturn404AndJson() {
    for (String path :
        List.of(
            "/runs/nobody",
            "/runs/nobody/history",
            "/runs/nobody/losses",
            "/runs/nobody/evaluation",
            "/experiments/nothing",
            "/nowhere")) {
      JsonPath error = when().get(path).then().statusCode(404).extract().jsonPath();
      assertThat(error.getString("detail")).as(path).isNotBlank();
    }
    assertThat(when().get("/runs/nobody").jsonPath().getString("detail")).contains("'nobody'");

    publisher.events(Events.ofImages("unevaluated", "unevaluated", "plain", 1).started());
    awaitState("unevaluated", "RUNNING");
    when().get("/runs/unevaluated/evaluation").then().statusCode(404);
    assertThat(get("/runs/unevaluated/history").getList("epochs")).isEmpty();
  }

  @Test
  void aBadParameterReturns400AndItsName() {
    Map<String, String> fieldsByPath =
        Map.of(
            "/runs?limit=0", "limit",
            "/runs?limit=501", "limit",
            "/runs?limit=many", "limit",
            "/runs?state=dancing", "state",
            "/runs?cursor=what", "cursor",
            "/runs?experiment=a/b", "experiment",
            "/runs/-x", "run",
            "/runs/x/losses?from=-1", "from",
            "/runs/x/losses?limit=100001", "limit",
            "/experiments?cursor=what", "cursor");
    fieldsByPath.forEach(
        (path, field) -> {
          JsonPath error =
              given()
                  .urlEncodingEnabled(false)
                  .get(path)
                  .then()
                  .statusCode(400)
                  .extract()
                  .jsonPath();
          assertThat(error.getString("field")).as(path).isEqualTo(field);
          assertThat(error.getString("detail")).as(path).startsWith(field + ": ");
        });
  }

  @Test
  void anInvalidCursorReturns400() {
    for (String text :
        List.of(
            "+294277-01-01T00:00:00Z x",
            "-4713-11-23T23:59:59.999999Z x",
            "+1000000000-12-31T23:59:59.999999999Z x",
            "2026-01-01T12:00:00Z \u0000",
            "2026-01-01T12:00:00Z ",
            "yesterday x")) {
      String cursor = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(text));
      for (String path : List.of("/runs", "/experiments")) {
        var answer = when().get(path + "?cursor=" + cursor).then().statusCode(400);
        assertThat(answer.extract().jsonPath().getString("field")).as(text).isEqualTo("cursor");
      }
    }
  }

  @Test
  void aCursorMayHaveTheEarliestOrLatestPossibleTime() {
    for (String text :
        List.of("+294276-12-31T23:59:59.999999Z edge", "-4713-11-24T00:00:00Z edge")) {
      String cursor = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(text));
      when().get("/runs?cursor=" + cursor).then().statusCode(200);
    }
  }

  private static JsonPath variant(String experiment, String name) {
    JsonPath comparison = get("/experiments/" + experiment);
    int index = comparison.getList("variants.variant").indexOf(name);
    assertThat(index).as(name).isNotNegative();
    return comparison.setRootPath("variants[" + index + "]");
  }

  private static Map<String, Object> stringKeys(Map<?, ?> map) {
    var result = new HashMap<String, Object>();
    map.forEach((key, value) -> result.put(key.toString(), value));
    return result;
  }
}
