package io.millrace.results;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.millrace.contracts.json.Messages;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs are listed, filtered and sorted by the fields of their requests. */
@QuarkusTest
@QuarkusTestResource(Infrastructure.class)
class RunFieldsTest extends RunningService {
  private static final String SCHEDULE =
      """
      {"type": "ExponentialDecay", "initial_learning_rate": 0.05, "decay_steps": 10,
       "decay_rate": 0.9}\
      """;

  /**
   * Publishes a run with SGD at 0.1, one with Adam at 0.01, one with Adam and a schedule that
   * starts at 0.05, and a queued run with RMSprop.
   */
  private static void publish() {
    complete("fields-1", "{\"type\": \"SGD\", \"learning_rate\": 0.1, \"momentum\": 0.9}", 16);
    complete("fields-2", "{\"type\": \"Adam\", \"learning_rate\": 0.01}", 32);
    complete("fields-3", "{\"type\": \"Adam\", \"learning_rate\": %s}".formatted(SCHEDULE), 64);
    publisher.events(events("fields-4", "\"rmsprop\"", 64).queued());
    awaitState("fields-4", "QUEUED");
  }

  private static void complete(String run, String optimizer, int batch) {
    publisher.events(events(run, optimizer, batch).imageLife(0.5, 1.0));
    awaitState(run, "COMPLETED");
  }

  private static Events events(String run, String optimizer, int batch) {
    String request =
        new String(Events.imageRequest(run, "fields", "plain", 1), StandardCharsets.UTF_8)
            .replace(
                "\"epochs\"",
                "\"batch_size\": %d, \"optimizer\": %s, \"epochs\"".formatted(batch, optimizer));
    return Events.of(Messages.readRequest(request.getBytes(StandardCharsets.UTF_8)));
  }

  private static List<String> runs(String name, String value) {
    return given()
        .queryParam("experiment", "fields")
        .queryParam(name, value)
        .get("/runs")
        .then()
        .statusCode(200)
        .extract()
        .jsonPath()
        .getList("runs.run");
  }

  @Test
  void requestFieldsAreReturnedAsColumnsAndExported() {
    publish();
    String question =
        "/runs?experiment=fields&order=asc&columns=optimizer.learning_rate&columns=optimizer.momentum"
            + "&columns=model.layers[1].units&columns=dataset.image_size"
            + "&columns=optimizer.learning_rate.type";

    List<Map<String, Object>> values =
        when().get(question).then().statusCode(200).extract().jsonPath().getList("runs.values");
    assertThat(values.get(0).keySet())
        .containsExactly(
            "optimizer.learning_rate",
            "optimizer.momentum",
            "model.layers[1].units",
            "dataset.image_size");
    assertThat(values.get(0).get("dataset.image_size")).isEqualTo(List.of(28, 28));
    assertThat(get(question).getDouble("runs[1].values['optimizer.learning_rate']"))
        .isEqualTo(0.01);
    assertThat(get(question).getDouble("runs[2].values['optimizer.learning_rate']"))
        .as("the initial value of the schedule")
        .isEqualTo(0.05);
    assertThat(values.get(2)).containsEntry("optimizer.learning_rate.type", "ExponentialDecay");

    List<String> csv = when().get(question + "&format=csv").asString().lines().toList();
    assertThat(csv.get(0))
        .endsWith(
            ",optimizer.learning_rate,optimizer.momentum,model.layers[1].units,dataset.image_size,"
                + "optimizer.learning_rate.type");
    assertThat(csv.get(1)).endsWith(",0.1,0.9,10,\"[28, 28]\",");
    assertThat(get("/runs?experiment=fields").getMap("runs[0]")).doesNotContainKey("values");
    assertThat(get(question).getMap("")).containsOnlyKeys("runs");
  }

  @ParameterizedTest
  @CsvSource({
    "optimizer.type=adam, fields-3 fields-2",
    "optimizer.type!=Adam, fields-4 fields-1",
    "optimizer.learning_rate>=0.05, fields-3 fields-1",
    "optimizer.learning_rate<0.05, fields-4 fields-2",
    "optimizer.learning_rate = 0.010, fields-2",
    "optimizer.learning_rate.decay_rate>0, fields-3",
    "batch_size!=64, fields-2 fields-1",
    "model.layers[1].units>10, ''",
    "loss=sparse_categorical_crossentropy, fields-4 fields-3 fields-2 fields-1",
    "test_acc=0.5, fields-3 fields-2 fields-1"
  })
  void runsAreFilteredByRequestFieldsAndMetrics(String condition, String expected) {
    publish();

    assertThat(runs("where", condition))
        .isEqualTo(expected.isEmpty() ? List.of() : List.of(expected.split(" ")));
  }

  @ParameterizedTest
  @CsvSource({
    "optimizer.learning_rate, asc, fields-4 fields-2 fields-3 fields-1",
    "optimizer.type, asc, fields-2 fields-3 fields-4 fields-1",
    "optimizer.type, desc, fields-1 fields-4 fields-3 fields-2",
    "optimizer.momentum, desc, fields-1 fields-4",
    "test_acc, asc, fields-1 fields-2 fields-3"
  })
  void runsAreSortedByAFieldOrMetricAcrossPages(String sort, String order, String expected) {
    publish();

    var found = new ArrayList<String>();
    String cursor = null;
    do {
      var question =
          given()
              .queryParam("experiment", "fields")
              .queryParam("sort", sort)
              .queryParam("order", order)
              .queryParam("limit", 1)
              .queryParam("counts", true);
      if (cursor != null) {
        question.queryParam("cursor", cursor);
      }
      JsonPath page = question.get("/runs").then().statusCode(200).extract().jsonPath();
      found.addAll(page.getList("runs.run"));
      cursor = page.getString("next");
    } while (cursor != null);
    assertThat(found).containsExactly(expected.split(" "));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "where; lr>0.1; did you mean optimizer.learning_rate?",
        "where; batchsize=32; did you mean batch_size?",
        "where; val_los<1; did you mean val_loss?",
        "where; val_loss=low; is not a number; val_loss is a metric, so give a number",
        "where; optimizer.type>1; compare it with = or !=",
        "where; optimizer.type>Adam; is not a condition",
        "where; batch_size; is not a condition",
        "sort; lr; did you mean optimizer.learning_rate?",
        "sort; a'b; neither a metric of any run nor a field",
        "columns; lr; did you mean optimizer.learning_rate?",
        "columns; val_loss; not a field of requests"
      })
  void anUnknownNameOrInvalidConditionIsRefused(String name, String value, String message) {
    given()
        .queryParam(name, value)
        .get("/runs")
        .then()
        .statusCode(400)
        .body("field", equalTo(name))
        .body("detail", containsString(message));
  }

  @Test
  void fieldsAreListedWithTheVaryingOnesFirst() {
    publish();

    JsonPath found = get("/runs/fields?experiment=fields");
    assertThat(found.getInt("runs")).isEqualTo(4);
    assertThat(found.getList("fields.findAll { it.varies }.field"))
        .containsExactlyInAnyOrder(
            "optimizer.type", "optimizer.learning_rate", "optimizer.momentum", "batch_size");
    assertThat(found.getList("fields.varies").subList(0, 5))
        .containsExactly(true, true, true, true, false);
    JsonPath rate = found.setRootPath("fields.find { it.field == 'optimizer.learning_rate' }");
    assertThat(rate.getString("kind")).isEqualTo("number");
    assertThat(rate.getInt("distinct")).as("0.1, 0.01, 0.05 and 0.001").isEqualTo(4);
    found.setRootPath("");
    assertThat(found.getString("fields.find { it.field == 'dataset.name' }.kind"))
        .isEqualTo("text");
    assertThat(found.getString("fields.find { it.field == 'dataset.image_size' }.kind"))
        .isEqualTo("other");
    assertThat(found.getList("metrics")).contains("acc", "test_acc", "val_loss", "seconds");
    assertThat(get("/runs/fields?experiment=nothing").getList("fields")).isEmpty();
    get("/runs/fields");
    // The listed fields are accepted as columns.
    var question = given().queryParam("experiment", "fields");
    found.<String>getList("fields.field").stream()
        .limit(20)
        .forEach(field -> question.queryParam("columns", field));
    question.get("/runs").then().statusCode(200);
  }

  @Test
  void moreThanTwentyColumnsAreRefused() {
    var question = given();
    for (int i = 0; i < 21; i++) {
      question.queryParam("columns", "model.layers[" + i + "].units");
    }
    question.get("/runs").then().statusCode(400).body("field", equalTo("columns"));
  }
}
