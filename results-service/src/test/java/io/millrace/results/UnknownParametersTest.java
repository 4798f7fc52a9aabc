package io.millrace.results;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Unknown parameters, metrics and variants are refused, not ignored. */
@QuarkusTest
@QuarkusTestResource(Infrastructure.class)
class UnknownParametersTest extends RunningService {
  private static ValidatableResponse refused(String address, String field) {
    return when().get(address).then().statusCode(400).body("field", equalTo(field));
  }

  @Test
  void anUnknownParameterIsRefusedNamingThePossibleOnes() {
    refused("/runs?varaint=plain", "varaint")
        .body(
            "detail",
            equalTo("varaint: is not a parameter of this resource; did you mean variant?"));
    refused("/curves?run=nobody&matric=loss", "matric")
        .body("detail", containsString("did you mean metric?"));
    refused("/runs/nobody/evaluation?points=3", "points")
        .body("detail", equalTo("points: is not a parameter of this resource; give one of format"));
    for (String path : List.of("/runs/nobody/archive", "/experiments/nobody/cancel", "/runs")) {
      given()
          .contentType("application/json")
          .post(path + "?purge=true")
          .then()
          .statusCode(400)
          .body(
              "detail",
              containsString("purge: is not a parameter of this resource; it takes none"));
    }
  }

  /** The OpenAPI document comes from the same annotations, but through another reader. */
  @Test
  void everyGetRequestAcceptsOnlyItsDocumentedParameters() {
    JsonPath document = given().accept("application/json").get("/q/openapi").jsonPath();
    Map<String, Map<String, Object>> paths = document.getMap("paths");
    assertThat(paths).hasSizeGreaterThan(20);
    paths.forEach(
        (path, operations) -> {
          if (!operations.containsKey("get")) {
            return;
          }
          var question = given();
          List<Map<String, Object>> parameters =
              document
                  .param("path", path)
                  .getList("paths[path].get.parameters.findAll { it.in == 'query' }");
          if (parameters != null) {
            parameters.forEach(one -> question.queryParam((String) one.get("name"), "json"));
          }
          question
              .queryParam("surplus", "1")
              .urlEncodingEnabled(true)
              .get(path.replaceAll("\\{[^}]*}", "nobody"))
              .then()
              .statusCode(400)
              .body("field", equalTo("surplus"));
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/ui/?a=b", "/ui/runs?a=b", "/ui/assets/main.js?v=1", "/q/health/live?a=b"})
  void pagesAndTheirFilesAcceptAnyParameter(String address) {
    when().get(address).then().statusCode(200);
  }

  @Test
  void anEmptyQueryIsAcceptedButAParameterWithoutANameIsNot() throws IOException {
    assertThat(RawRequest.of("GET", "/runs?").status()).isEqualTo("200");
    assertThat(RawRequest.of("GET", "/runs?=x").status()).isEqualTo("400");
  }

  @ParameterizedTest
  @CsvSource({
    "/experiments/misasked?metric=zzz, give one of acc",
    "/experiments/misasked?metric=test_los, did you mean test_loss?",
    "/experiments/misasked/curves?metric=zzz, give one of acc",
    "/experiments/misasked/curves?metric=test_acc, give one of acc",
    "/curves?run=misasked-1&metric=vall_loss, did you mean val_loss?"
  })
  void aMetricThatNoRunHasIsRefusedNamingAvailableOnes(String address, String message) {
    publisher.events(Events.ofImages("misasked-1", "misasked", "plain", 1).imageLife(0.5, 1.0));
    awaitState("misasked-1", "COMPLETED");

    refused(address, "metric").body("detail", containsString(message));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "?metric=test_acc",
        "?metric=seconds",
        "?metric=best_val_loss",
        "/curves?metric=val_acc",
        "/curves?metric=acc&x=time"
      })
  void aMetricThatRunsWillHaveLaterIsAccepted(String question) {
    Events events = Events.ofImages("soon-1", "soon", "plain", 1);
    publisher.events(events.started(), events.steps(0, 1.0), events.epoch(0, 1.0, 1.0));
    awaitUntil("/runs/soon-1", run -> run.getInt("epochs_done") == 1);

    get("/experiments/soon" + question);
  }

  @Test
  void anyMetricIsAcceptedBeforeTheFirstEpochHasEnded() {
    publisher.events(Events.ofImages("first-1", "first", "plain", 1).queued());
    awaitState("first-1", "QUEUED");

    assertThat(get("/experiments/first?metric=learning_rate").getString("metric"))
        .isEqualTo("learning_rate");
    assertThat(get("/experiments/first/curves?metric=learning_rate").getList("variants")).isEmpty();
    when().get("/experiments/nowhere?metric=zzz").then().statusCode(404);
  }

  @Test
  void anUnknownVariantIsRefusedAsBaseline() {
    publisher.events(Events.ofImages("based-1", "based", "plain", 1).imageLife(0.5, 1.0));
    awaitState("based-1", "COMPLETED");

    refused("/experiments/based?baseline=plian", "baseline")
        .body("detail", containsString("give one of plain; did you mean plain?"));
  }
}
