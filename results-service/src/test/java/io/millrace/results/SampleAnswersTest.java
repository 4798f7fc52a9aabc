package io.millrace.results;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contracts.event.SampleAnswers;
import io.millrace.contracts.json.Messages;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The test samples that a run gets right, and those that only one of two variants gets right. */
@QuarkusTest
@QuarkusTestResource(Infrastructure.class)
class SampleAnswersTest extends RunningService {
  private static final String DATA = "0123456789abcdef".repeat(4);

  /** The class of each test sample: 0 for bag, 1 for coat, 2 for shoe. */
  private static final String CLASSES = "00011122";

  /** Answers from one digit per sample, with confidences of 1, 0.9, 0.8, and so on. */
  private static SampleAnswers answers(String classes, String answers) {
    var recorder = new SampleAnswers.Recorder(classes.length(), 3);
    for (int i = 0; i < classes.length(); i++) {
      recorder.add(classes.charAt(i) - '0', answers.charAt(i) - '0', 1 - i / 10f);
    }
    return recorder.answers();
  }

  private static void complete(String experiment, String variant, int seed, String answers) {
    Events run = Events.ofImages(name(experiment, variant, seed), experiment, variant, seed);
    complete(run, DATA, answers(CLASSES, answers));
  }

  private static void complete(Events run, String data, SampleAnswers answers) {
    publisher.events(run.started(data), run.evaluatedSamples(answers), run.completed(1));
  }

  private static Events split(String run, String experiment, String variant, String fields) {
    String request =
        new String(Events.imageRequest(run, experiment, variant, 9), StandardCharsets.UTF_8);
    return Events.of(
        Messages.readRequest(
            request
                .replace("\"image_size\"", fields + ", \"image_size\"")
                .getBytes(StandardCharsets.UTF_8)));
  }

  private static String name(String experiment, String variant, int seed) {
    return experiment + "-" + variant + "-" + seed;
  }

  private static String refusal(int status, String path) {
    return given()
        .urlEncodingEnabled(false)
        .get(path)
        .then()
        .statusCode(status)
        .extract()
        .jsonPath()
        .getString("detail");
  }

  @Test
  void searchTrialsAreExcludedFromComparisons() throws SQLException {
    complete("rival", "a", 1, "01111020");
    complete("rival", "a", 2, "01111020");
    complete("rival", "b", 1, "01111020");
    complete("rival", "lost", 1, "01111020");
    awaitUntil("/runs?experiment=rival&state=COMPLETED", json -> json.getList("runs").size() == 4);
    try (var database = Infrastructure.database();
        var statement = database.createStatement()) {
      statement.execute("update run set trial = true where run in ('rival-a-1', 'rival-lost-1')");
    }

    JsonPath found = get("/experiments/rival/answers?a=a&b=b");
    assertThat(found.getList("a.runs")).containsExactly("rival-a-2");
    assertThat(refusal(400, "/experiments/rival/answers?a=a&b=lost"))
        .startsWith("b: 'lost' is not a variant of this experiment");
  }

  @Test
  void aComparisonListsTheSamplesOneVariantGetsRightAndTheOtherWrong() {
    // Correct runs by sample: plain 3 0 1 3 2 1 3 0 of 3, dropout 2 2 2 2 0 2 1 2 of 2.
    complete("duel", "plain", 1, "01111020");
    complete("duel", "plain", 2, "01011021");
    complete("duel", "plain", 3, "01110120");
    complete("duel", "dropout", 1, "00010102");
    complete("duel", "dropout", 2, "00010122");
    complete(
        split("duel-larger", "duel", "plain", "\"test_fraction\": 0.3"),
        DATA,
        answers("000111222", "000111222"));
    complete(
        Events.ofImages("duel-other", "duel", "plain", 4),
        "fedcba9876543210".repeat(4),
        answers(CLASSES, "00000000"));
    complete(Events.ofImages("duel-old", "duel", "plain", 5), null, answers(CLASSES, "00000000"));
    complete(
        Events.ofImages("duel-turned", "duel", "dropout", 6),
        DATA,
        answers("22211100", "22211100"));
    Events large = Events.ofImages("duel-large", "duel", "dropout", 7);
    publisher.events(
        large.started(DATA),
        large.evaluatedWithoutAnswers("200000 test samples"),
        large.completed(1));
    Events before = Events.ofImages("duel-before", "duel", "dropout", 8);
    publisher.events(before.started(DATA), before.evaluatedImages(0.5), before.completed(1));
    awaitUntil("/runs?experiment=duel&state=COMPLETED", json -> json.getList("runs").size() == 11);

    JsonPath found = get("/experiments/duel/answers?a=plain&b=dropout");

    assertThat(found.getInt("samples")).isEqualTo(8);
    assertThat(found.getList("a.runs"))
        .containsExactlyInAnyOrder("duel-plain-1", "duel-plain-2", "duel-plain-3");
    assertThat(found.getList("b.seeds")).containsExactlyInAnyOrder(1, 2);
    assertThat(found.getDouble("a.right")).isEqualTo(4.33333);
    assertThat(found.getDouble("b.right")).isEqualTo(6.5);
    assertThat(found.getList("classes.class")).containsExactly("bag", "coat", "shoe");
    assertThat(found.getList("classes.samples")).containsExactly(3, 3, 2);
    assertThat(found.getList("classes.a_right")).containsExactly(1.33333, 2, 1);
    assertThat(found.getList("classes.b_right")).containsExactly(3, 2, 1.5);
    assertThat(found.getList("classes.gained")).containsExactly(2, 1, 1);
    assertThat(found.getList("classes.lost")).containsExactly(0, 1, 0);
    assertThat(found.getList("gained.index")).containsExactly(1, 7, 2, 5);
    assertThat(found.getList("gained.class")).containsExactly("bag", "shoe", "bag", "coat");
    assertThat(found.getList("gained.a_right")).containsExactly(0, 0, 0.333333, 0.333333);
    assertThat(found.getList("gained.b_right")).containsExactly(1, 1, 1, 1);
    assertThat(found.getList("gained.a_answer")).containsExactly("coat", "bag", "coat", "bag");
    assertThat(found.getList("gained.b_answer")).containsExactly("bag", "shoe", "bag", "coat");
    assertThat(found.getList("lost")).hasSize(1);
    assertThat(found.getMap("lost[0]"))
        .containsEntry("index", 4)
        .containsEntry("a_right", 0.666667)
        .containsEntry("b_right", 0)
        .containsEntry("b_answer", "bag");
    assertThat(found.getMap("")).doesNotContainKey("truncated");
    Map<String, String> leftOut = new TreeMap<>();
    for (Map<String, String> run : found.<Map<String, String>>getList("left_out")) {
      leftOut.put(run.get("run"), run.get("reason"));
    }
    assertThat(leftOut)
        .containsExactly(
            Map.entry(
                "duel-before",
                "its evaluation has no predictions: it predicts numbers, or its trainer ran an"
                    + " earlier version"),
            Map.entry("duel-large", "its predictions are not stored: 200000 test samples"),
            Map.entry("duel-larger", "its dataset.test_fraction is 0.3, not 0.2"),
            Map.entry("duel-old", "the fingerprint of its data is unknown"),
            Map.entry(
                "duel-other",
                "its data differ: the fingerprint is fedcba987654…, not 0123456789ab…"),
            Map.entry("duel-turned", "its test samples have other classes"));

    JsonPath reverse = get("/experiments/duel/answers?a=dropout&b=plain&class=bag&limit=1");
    assertThat(reverse.getInt("samples")).isEqualTo(3);
    assertThat(reverse.getList("classes.lost")).containsExactly(2);
    assertThat(reverse.getDouble("a.right")).isEqualTo(3);
    assertThat(reverse.getList("gained")).isEmpty();
    assertThat(reverse.getList("lost.index")).containsExactly(1);

    assertThat(when().get("/experiments/duel/answers?a=plain&b=dropout&format=csv").asString())
        .isEqualTo(
            "change,index,class,a_right,b_right,a_answer,b_answer\r\n"
                + "gained,1,bag,0,1,coat,bag\r\n"
                + "gained,7,shoe,0,1,bag,shoe\r\n"
                + "gained,2,bag,0.333333,1,coat,bag\r\n"
                + "gained,5,coat,0.333333,1,bag,coat\r\n"
                + "lost,4,coat,0.666667,0,coat,bag\r\n");
  }

  @Test
  void variantsThatCannotBeComparedAreRefusedWithTheReason() {
    complete("odd", "plain", 1, "00011122");
    complete(
        split("odd-split", "odd", "drawn", "\"split_seed\": 5"),
        DATA,
        answers(CLASSES, "00011122"));
    complete(
        split("odd-smaller", "odd", "smaller", "\"validation_fraction\": 0.5"),
        DATA,
        answers(CLASSES, "00011120"));
    Events young = Events.ofImages("odd-young", "odd", "young", 1);
    publisher.events(young.started(DATA));
    Events large = Events.ofImages("odd-large", "odd", "large", 1);
    publisher.events(
        large.started(DATA), large.evaluatedWithoutAnswers("too many"), large.completed(1));
    awaitUntil(
        "/runs?experiment=odd",
        json ->
            json.getList("runs.state").stream().filter("COMPLETED"::equals).count() == 4
                && json.getList("runs").size() == 5);

    String answers = "/experiments/odd/answers?a=plain&b=";
    assertThat(refusal(400, answers + "drawn"))
        .isEqualTo(
            "b: no run of variant 'drawn' was tested on the same samples as a run of variant"
                + " 'plain': its dataset.split_seed is 5, not 0");
    assertThat(get(answers + "smaller").getList("lost.index"))
        .as("the validation part contains no test samples")
        .containsExactly(7);
    assertThat(refusal(404, answers + "young")).isEqualTo("variant 'young' has no completed run");
    assertThat(refusal(404, answers + "large"))
        .isEqualTo(
            "variant 'large' has no completed run with predictions to compare; run 'odd-large':"
                + " its predictions are not stored: too many");
    assertThat(refusal(400, answers + "nobody"))
        .startsWith("b: 'nobody' is not a variant of this experiment; give one of ")
        .contains("plain", "young");
    assertThat(refusal(400, answers + "plain")).startsWith("b: is the same variant as a");
    assertThat(refusal(400, answers + "smaller&class=hat"))
        .isEqualTo("class: 'hat' is not a class of the data; give one of bag, coat, shoe");
    assertThat(refusal(400, answers + "smaller&limit=0")).startsWith("limit: ");
    assertThat(refusal(400, "/experiments/odd/answers?a=plain")).isEqualTo("b: is required");
    assertThat(refusal(404, "/experiments/nothing/answers?a=x&b=y"))
        .isEqualTo("experiment 'nothing' has no runs to compare");
  }

  @Test
  void theAnswersOfARunCanBeFilteredByClassAnswerAndError() {
    complete("told-answers", "plain", 1, "01011021");
    awaitState("told-answers-plain-1", "COMPLETED");
    String path = "/runs/told-answers-plain-1/answers";

    JsonPath all = get(path);
    assertThat(all.getInt("samples")).isEqualTo(8);
    assertThat(all.getInt("right")).isEqualTo(5);
    assertThat(all.getInt("total")).isEqualTo(8);
    assertThat(all.getList("answers.index")).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
    assertThat(all.getMap("answers[1]"))
        .containsEntry("class", "bag")
        .containsEntry("answer", "coat")
        .containsEntry("right", false)
        // 0.9 of 255 is 229.5, and 230 / 255 is 0.90196.
        .containsEntry("confidence", 0.902);
    assertThat(all.getMap("")).doesNotContainKey("next");

    assertThat(get(path + "?wrong=true").getList("answers.index")).containsExactly(1, 5, 7);
    assertThat(get(path + "?answer=coat").getList("answers.index")).containsExactly(1, 3, 4, 7);
    assertThat(get(path + "?answer=coat&class=shoe").getList("answers.index")).containsExactly(7);
    JsonPath page = get(path + "?answer=coat&limit=2");
    assertThat(page.getList("answers.index")).containsExactly(1, 3);
    assertThat(page.getInt("total")).isEqualTo(4);
    JsonPath last = get(path + "?answer=coat&limit=2&from=" + page.getInt("next"));
    assertThat(last.getList("answers.index")).containsExactly(4, 7);
    assertThat(last.getMap("")).doesNotContainKey("next");
    assertThat(when().get(path + "?wrong=true&format=csv").asString())
        .isEqualTo(
            "index,class,answer,right,confidence\r\n"
                + "1,bag,coat,false,0.902\r\n5,coat,bag,false,0.502\r\n"
                + "7,shoe,coat,false,0.302\r\n");

    assertThat(refusal(400, path + "?answer=hat")).startsWith("answer: 'hat' is not a class");
    assertThat(refusal(400, path + "?wrong=perhaps")).startsWith("wrong: ");
    assertThat(refusal(404, "/runs/nobody/answers")).isEqualTo("run 'nobody' does not exist");
  }

  @Test
  void aRunWithoutAnswersReportsTheReason() {
    Events series = Events.ofSeries("mute-series", "mute", "lstm", 1);
    publisher.events(series.started(), series.evaluatedSeries(), series.completed(1));
    Events early = Events.ofImages("mute-early", "mute", "plain", 1);
    publisher.events(early.started(), early.evaluatedImages(0.5), early.completed(1));
    Events large = Events.ofImages("mute-large", "mute", "plain", 2);
    publisher.events(
        large.started(), large.evaluatedWithoutAnswers("too many"), large.completed(1));
    publisher.events(Events.ofImages("mute-young", "mute", "plain", 3).started());
    for (String run : List.of("mute-series", "mute-early", "mute-large")) {
      awaitState(run, "COMPLETED");
    }
    awaitState("mute-young", "RUNNING");

    assertThat(refusal(404, "/runs/mute-series/answers"))
        .endsWith("it predicts numbers, not classes");
    assertThat(refusal(404, "/runs/mute-early/answers"))
        .endsWith("its trainer ran an earlier version");
    assertThat(refusal(404, "/runs/mute-large/answers"))
        .isEqualTo("the predictions of run 'mute-large' are not stored: too many");
    assertThat(refusal(404, "/runs/mute-young/answers"))
        .isEqualTo("run 'mute-young' has no evaluation; it is RUNNING");
  }

  @Test
  void answersOfALowerClaimNeverReplaceThoseOfTheHighest() {
    Events run = Events.ofImages("claimed", "claimed", "plain", 1);
    var first = run.evaluatedSamples(answers(CLASSES, "00000000"));
    publisher.eventsUnder(1, run.started(DATA), first, run.completed(1));
    awaitUntil("/runs/claimed/answers", json -> json.getInt("right") == 3);
    publisher.eventsUnder(2, run.started(DATA));
    var second = run.evaluatedSamples(answers(CLASSES, "00011122"));
    publisher.eventsUnder(2, second, run.completed(2));
    awaitUntil("/runs/claimed/answers", json -> json.getInt("right") == 8);

    publisher.eventsUnder(1, run.evaluatedSamples(answers(CLASSES, "22222222")));
    publisher.eventsUnder(2, second, run.epoch(5, 1.0, 1.0));
    awaitUntil("/runs/claimed/history", json -> json.getList("epochs").size() == 1);

    assertThat(get("/runs/claimed/answers").getInt("right")).isEqualTo(8);
    assertThat(when().get("/runs/claimed/log").asString())
        .contains("evaluated")
        .doesNotContain("\"answers\"");
    given().post("/runs/claimed/delete").then().statusCode(200);
    when().get("/runs/claimed/answers").then().statusCode(404);
  }
}
