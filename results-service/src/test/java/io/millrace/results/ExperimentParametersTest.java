package io.millrace.results;

import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.hamcrest.Matchers.equalTo;

import io.millrace.contracts.json.Messages;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The request fields that differ between an experiment's runs, and their importance. */
@QuarkusTest
@QuarkusTestResource(Infrastructure.class)
class ExperimentParametersTest extends RunningService {
  private static Events events(String run, String variant, double rate, int batch) {
    String request =
        new String(Events.imageRequest(run, "importance", variant, batch), StandardCharsets.UTF_8)
            .replace(
                "\"epochs\"",
                "\"batch_size\": %d, \"optimizer\": {\"type\": \"Adam\", \"learning_rate\": %s},"
                        .formatted(batch, rate)
                    + " \"epochs\"");
    return Events.of(Messages.readRequest(request.getBytes(StandardCharsets.UTF_8)));
  }

  /** As in {@code ImportanceTest}, the rate explains 91/131 and the batch size explains nothing. */
  @Test
  void parametersAreRankedByHowMuchOfTheMetricTheyExplain() {
    int[] batches = {16, 32, 32, 16, 16, 32, 32, 16};
    for (int i = 0; i < 8; i++) {
      String run = "importance-" + i;
      publisher.events(
          events(run, i < 4 ? "slow" : "fast", i < 4 ? 0.001 : 0.1, batches[i])
              .imageLife((i + 1) / 10.0, 1.0));
      awaitState(run, "COMPLETED");
    }
    Events failing = events("importance-8", "fast", 0.1, 32);
    publisher.events(failing.started(), failing.epoch(0, 1, 1), failing.failed("no more memory"));
    awaitState("importance-8", "FAILED");

    JsonPath found = get("/experiments/importance/parameters");
    assertThat(found.getString("experiment")).isEqualTo("importance");
    assertThat(found.getString("metric")).isEqualTo("test_acc");
    assertThat(found.getBoolean("higher_is_better")).isTrue();
    assertThat(found.getString("importance_measure")).startsWith("Omega squared");
    assertThat(found.getList("parameters.field"))
        .containsExactly("optimizer.learning_rate", "batch_size");
    assertThat(found.getList("parameters.scale")).containsExactly("log", "linear");
    assertThat(found.getList("parameters.values")).containsExactly(2, 2);
    assertThat(found.getDouble("parameters[0].importance")).isCloseTo(91.0 / 131, within(1e-6));
    assertThat(found.getDouble("parameters[1].importance")).isZero();
    assertThat(found.getMap("")).doesNotContainKey("truncated");
    assertThat(found.getList("points.run")).hasSize(9).startsWith("importance-0", "importance-1");
    assertThat(found.getMap("points[0].values"))
        .containsOnlyKeys("optimizer.learning_rate", "batch_size");
    assertThat(found.getDouble("points[0].value")).isEqualTo(0.1);
    assertThat(found.getString("points[8].state")).isEqualTo("FAILED");
    assertThat(found.getMap("points[8]")).doesNotContainKeys("value", "trial", "rung", "status");

    JsonPath byLoss = get("/experiments/importance/parameters?metric=test_loss");
    assertThat(byLoss.getMap("parameters[0]")).as("equal losses").doesNotContainKey("importance");

    List<String> csv =
        when().get("/experiments/importance/parameters?format=csv").asString().lines().toList();
    assertThat(csv.get(0))
        .isEqualTo(
            "run,variant,seed,state,test_acc,trial,rung,status,optimizer.learning_rate,batch_size");
    assertThat(csv).hasSize(10).contains("importance-0,slow,16,COMPLETED,0.1,,,,0.001,16");
  }

  @Test
  void theTrialsOfASearchReportTheirStatusAndRung() {
    publisher.request("tried-base", Events.searchRequest("tried", "random", 3, 3));

    JsonPath found =
        awaitUntil(
            "/experiments/tried/parameters",
            json ->
                json.getList("points.status").size() == 3
                    && json.getList("points.status").stream().allMatch("training"::equals));
    assertThat(found.getList("parameters.field")).containsExactly("optimizer.learning_rate");
    assertThat(found.getList("points.trial")).containsExactlyInAnyOrder(0, 1, 2);
    assertThat(found.getList("points.rung")).containsExactly(0, 0, 0);
    assertThat(found.getMap("parameters[0]")).doesNotContainKey("importance");
  }

  @Test
  void unknownExperimentsAndMetricsAreRefused() {
    when().get("/experiments/nowhere/parameters").then().statusCode(404);
    publisher.events(Events.ofImages("weighed-1", "weighed", "plain", 1).imageLife(0.5, 1.0));
    awaitState("weighed-1", "COMPLETED");
    assertThat(get("/experiments/weighed/parameters").getList("parameters")).isEmpty();
    when()
        .get("/experiments/weighed/parameters?metric=zzz")
        .then()
        .statusCode(400)
        .body("field", equalTo("metric"));
  }
}
