package io.millrace.results;

import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contracts.json.Messages;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The differences between the request of a variant or run and that of the baseline. */
@QuarkusTest
@QuarkusTestResource(Infrastructure.class)
class DifferencesTest extends RunningService {
  private static final String ADAM =
      "\"optimizer\": {\"type\": \"Adam\", \"learning_rate\": %s}, \"epochs\"";
  private static final String DROPOUT =
      "{\"type\": \"Flatten\"}, {\"type\": \"Dropout\", \"rate\": 0.5},";

  /**
   * The events of a run with a changed request.
   *
   * @param changes alternately a text of the request and its replacement
   */
  private static Events events(String run, String experiment, String variant, String... changes) {
    String request =
        new String(Events.imageRequest(run, experiment, variant, 1), StandardCharsets.UTF_8);
    for (int i = 0; i < changes.length; i += 2) {
      assertThat(request).contains(changes[i]);
      request = request.replace(changes[i], changes[i + 1]);
    }
    return Events.of(Messages.readRequest(request.getBytes(StandardCharsets.UTF_8)));
  }

  private static void complete(Events events, String run) {
    publisher.events(events.imageLife(0.5, 1.0));
    awaitState(run, "COMPLETED");
  }

  private static Map<String, Object> change(String field, Object from, Object to) {
    return from == null
        ? Map.of("field", field, "to", to)
        : to == null
            ? Map.of("field", field, "from", from)
            : Map.of("field", field, "from", from, "to", to);
  }

  @Test
  void eachVariantListsItsChangesAgainstTheChosenBaseline() {
    complete(
        events("changes-1", "changes", "plain", "\"epochs\"", ADAM.formatted("0.001")),
        "changes-1");
    complete(
        events("changes-2", "changes", "fast", "\"epochs\"", ADAM.formatted("0.01")), "changes-2");
    complete(
        events(
            "changes-3",
            "changes",
            "dropout",
            "\"epochs\"",
            ADAM.formatted("0.001"),
            "{\"type\": \"Flatten\"},",
            DROPOUT),
        "changes-3");

    JsonPath found = get("/experiments/changes");
    assertThat(found.getMap("variants[0]")).doesNotContainKeys("changes", "changes_truncated");
    assertThat(found.<Object>getList("variants[1].changes"))
        .containsExactly(change("optimizer.learning_rate", 0.001, 0.01));
    assertThat(found.getList("variants[2].changes.field")).containsExactly("model.layers[1]");
    assertThat(found.getString("variants[2].changes[0].to.type")).isEqualTo("Dropout");
    assertThat(found.getMap("variants[2].changes[0]")).doesNotContainKey("from");

    JsonPath other = get("/experiments/changes?baseline=fast");
    assertThat(other.<Object>getList("variants[0].changes"))
        .containsExactly(change("optimizer.learning_rate", 0.01, 0.001));
    assertThat(other.getMap("variants[1]")).doesNotContainKey("changes");
    assertThat(other.getList("variants[2].changes.field"))
        .containsExactlyInAnyOrder("optimizer.learning_rate", "model.layers[1]");

    String csv =
        when().get("/experiments/changes?format=csv").then().statusCode(200).extract().asString();
    assertThat(csv.lines().toList().get(0)).endsWith(",verdict,changes");
    assertThat(csv.lines().toList().get(1)).endsWith(",");
    assertThat(csv.lines().toList().get(2)).endsWith(",optimizer.learning_rate: 0.001 -> 0.01");
    assertThat(csv.lines().toList().get(3)).contains("model.layers[1]: + Dropout(rate=0.5");
  }

  @Test
  void aRunListsItsChangesAgainstTheBaselineVariant() {
    complete(events("differs-1", "differs", "small"), "differs-1");
    complete(events("differs-2", "differs", "none", "\"epochs\": 2", "\"epochs\": 3"), "differs-2");

    JsonPath run = get("/runs/differs-1");
    assertThat(run.getString("compared_to")).isEqualTo("none");
    assertThat(run.<Object>getList("changes")).containsExactly(change("epochs", 3, 2));
    assertThat(get("/runs/differs-2").getMap("")).doesNotContainKeys("compared_to", "changes");
  }

  @Test
  void aQueuedRunListsOnlyChangesInRequestedFields() {
    complete(
        events(
            "idles-1",
            "idles",
            "plain",
            "\"grayscale\"",
            "\"grayscale\", \"classes\": [\"bag\", \"coat\"]"),
        "idles-1");
    publisher.events(events("idles-2", "idles", "long", "\"epochs\": 2", "\"epochs\": 4").queued());
    awaitState("idles-2", "QUEUED");

    assertThat(get("/runs/idles-2").<Object>getList("changes"))
        .containsExactly(change("epochs", 2, 4));
    assertThat(get("/experiments/idles").<Object>getList("variants[1].changes"))
        .containsExactly(change("epochs", 2, 4));
  }

  @Test
  void variantsWithTheSameRequestHaveNoChanges() {
    complete(events("alike-1", "alike", "plain"), "alike-1");
    complete(events("alike-2", "alike", "again"), "alike-2");

    assertThat(get("/experiments/alike").getList("variants[1].changes")).isEmpty();
  }
}
