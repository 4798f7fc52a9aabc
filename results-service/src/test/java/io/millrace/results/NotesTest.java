package io.millrace.results;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contracts.json.Messages;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Users write notes on runs and experiments, and change the tags of runs. */
@QuarkusTest
@QuarkusTestResource(Infrastructure.class)
class NotesTest extends RunningService {
  private static final String NOTE = "# Why?\n\n<b>Not</b> *HTML* here — \uD83D\uDC5F\ttab";

  @Test
  void aRunsNoteIsStoredUnchangedUntilItIsRemoved() {
    complete("noted-1", "noted");

    JsonPath written = patched("/runs/noted-1", Map.of("note", NOTE));

    assertThat(written.getString("note")).isEqualTo(NOTE);
    assertThat(written.getList("tags")).isEmpty();
    assertThat(get("/runs/noted-1").getString("note")).isEqualTo(NOTE);
    patched("/runs/noted-1", Map.of("tags", List.of("night")));
    assertThat(get("/runs/noted-1").getString("note")).as("only the tags change").isEqualTo(NOTE);
    assertThat(get("/runs/noted-1").getList("tags")).containsExactly("night");

    patch("/runs/noted-1", "{\"note\": null}").statusCode(200);

    assertThat(get("/runs/noted-1").getMap("")).doesNotContainKey("note");
    patched("/runs/noted-1", Map.of("note", NOTE));
    patched("/runs/noted-1", Map.of("note", " \n"));
    assertThat(get("/runs/noted-1").getMap("")).as("a blank note").doesNotContainKey("note");
    assertThat(get("/runs/noted-1").getList("tags")).containsExactly("night");
  }

  @Test
  void changedTagsCanBeSearchedAndNoEventRestoresTheOldOnes() {
    byte[] request =
        new String(
                Events.imageRequest("retagged-1", "retagged", "plain", 1), StandardCharsets.UTF_8)
            .replace("\"epochs\"", "\"tags\": [\"first\", \"draft\"], \"epochs\"")
            .getBytes(StandardCharsets.UTF_8);
    publisher.request("retagged-1", request);
    awaitState("retagged-1", "QUEUED");
    assertThat(found("draft")).containsExactly("retagged-1");

    patched("/runs/retagged-1", Map.of("tags", List.of("second", "kept")));
    assertThat(found("draft")).isEmpty();
    assertThat(found("kept")).containsExactly("retagged-1");

    Events events = Events.of(Messages.readRequest(request));
    publisher.events(events.imageLife(0.5, 1.5, 1.25));
    awaitState("retagged-1", "COMPLETED");
    assertThat(found("kept")).containsExactly("retagged-1");
    // The request and its events again, as after a restart.
    publisher.request("retagged-1", request);
    publisher.events(Events.of(Messages.readRequest(request)).imageLife(0.5, 1.5, 1.25));
    complete("retagged-2", "retagged");
    publisher.eventsUnder(2, events.started());
    awaitState("retagged-1", "RUNNING");

    assertThat(found("kept")).containsExactly("retagged-1");
    assertThat(found("draft")).isEmpty();
    assertThat(get("/runs/retagged-1").getList("tags")).containsExactly("second", "kept");
    assertThat(get("/runs/retagged-1").getList("request.tags")).containsExactly("first", "draft");
    patched("/runs/retagged-1", Map.of("tags", List.of()));
    assertThat(found("kept")).isEmpty();
  }

  @Test
  void deletingARunRemovesItsNoteAndTags() {
    complete("unnoted-1", "unnoted");
    patched("/runs/unnoted-1", Map.of("note", NOTE, "tags", List.of("gone")));

    given().post("/runs/unnoted-1/delete").then().statusCode(200);

    assertThat(found("gone")).isEmpty();
    patch("/runs/unnoted-1", "{\"note\": \"late\"}").statusCode(404);
    given()
        .contentType("application/json")
        .body(Events.imageRequest("unnoted-1", "unnoted", "plain", 1))
        .post("/runs")
        .then()
        .statusCode(202);
    JsonPath again = awaitState("unnoted-1", "QUEUED");
    assertThat(again.getMap("")).doesNotContainKey("note");
    assertThat(again.getList("tags")).isEmpty();
  }

  @Test
  void anExperimentKeepsItsNoteUntilItsLastRunIsDeleted() throws SQLException {
    complete("question-1", "question");
    complete("question-2", "question");

    assertThat(patched("/experiments/question", Map.of("note", NOTE)).getString("note"))
        .isEqualTo(NOTE);

    assertThat(get("/experiments/question").getString("note")).isEqualTo(NOTE);
    patched("/experiments/question", Map.of("note", "shorter"));
    assertThat(get("/experiments/question").getString("note")).isEqualTo("shorter");
    given().post("/runs/question-1/delete").then().statusCode(200);
    assertThat(get("/experiments/question").getString("note")).isEqualTo("shorter");
    given().post("/runs/question-2/delete").then().statusCode(200);
    assertThat(notes("question")).isEqualTo("0");

    complete("puzzle-1", "puzzle");
    complete("puzzle-2", "puzzle");
    patched("/experiments/puzzle", Map.of("note", NOTE));
    given().post("/experiments/puzzle/delete").then().statusCode(200);
    assertThat(notes("puzzle")).isEqualTo("0");

    complete("riddle-1", "riddle");
    patched("/experiments/riddle", Map.of("note", NOTE));
    patch("/experiments/riddle", "{\"note\": null}").statusCode(200);
    assertThat(get("/experiments/riddle").getMap("")).doesNotContainKey("note");
  }

  @Test
  void invalidNotesAndTagsAreRefusedWithTheirField() {
    complete("unfit-1", "unfit");
    String run = "/runs/unfit-1";

    assertThat(refusal(run, "{\"note\": \"" + "x".repeat(20_001) + "\"}"))
        .isEqualTo("note: has 20001 characters; give at most 20000");
    patch(run, "{\"note\": \"" + "x".repeat(20_000) + "\"}").statusCode(200);
    assertThat(refusal(run, "{\"note\": 5}")).startsWith("note: is not text");
    assertThat(refusal(run, "{\"note\": \"a\\u0000b\"}")).startsWith("note: has a NUL");
    assertThat(refusal(run, "{\"note\": \"a\\ud800b\"}")).startsWith("note: has a NUL");
    assertThat(refusal(run, "{\"notes\": \"a\"}"))
        .isEqualTo("notes: is not a field here; did you mean note?");
    assertThat(refusal(run, "{}")).startsWith("nothing to change");
    assertThat(refusal(run, "{\"tags\": [\"ok\", \"not ok\"]}")).startsWith("tags[1]: 'not ok'");
    assertThat(refusal(run, "{\"tags\": [\"" + "x".repeat(65) + "\"]}")).startsWith("tags[0]: ");
    assertThat(refusal(run, Messages.tree(Map.of("tags", Collections.nCopies(17, "a"))) + ""))
        .isEqualTo("tags: has 17 elements; give 0..16");
    assertThat(refusal(run + "?note=a", "{\"note\": \"a\"}"))
        .startsWith("note: is not a parameter");
    assertThat(refusal("/experiments/unfit", "{\"tags\": []}"))
        .startsWith("tags: is not a field here");
    assertThat(refusal("/experiments/unfit", "{}"))
        .isEqualTo("note: is required; give null for no note");
    assertThat(refusal("/experiments/unfit", "{\"note\": \"" + "x".repeat(20_001) + "\"}"))
        .startsWith("note: has 20001");
    patch("/runs/nobody-noted", "{\"note\": \"a\"}").statusCode(404);
    patch("/experiments/nobody-noted", "{\"note\": \"a\"}").statusCode(404);
    patch("/runs/-x", "{\"note\": \"a\"}").statusCode(400);
  }

  private static void complete(String run, String experiment) {
    publisher.events(Events.ofImages(run, experiment, "plain", 1).imageLife(0.5, 1.5, 1.25));
    awaitState(run, "COMPLETED");
  }

  private static ValidatableResponse patch(String path, String body) {
    return given()
        .urlEncodingEnabled(false)
        .contentType("application/json")
        .body(body.getBytes(StandardCharsets.UTF_8))
        .patch(path)
        .then();
  }

  private static JsonPath patched(String path, Map<String, ?> fields) {
    return patch(path, Messages.text(fields)).statusCode(200).extract().jsonPath();
  }

  private static String refusal(String path, String body) {
    return patch(path, body).statusCode(400).extract().jsonPath().getString("detail");
  }

  private static List<String> found(String tag) {
    return when().get("/runs?tag=" + tag).jsonPath().getList("runs.run", String.class);
  }

  private static String notes(String experiment) throws SQLException {
    return text("select count(*) from experiment_note where experiment = '" + experiment + "'");
  }
}
