package io.millrace.results;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.contracts.event.TrainingCommand;
import io.millrace.contracts.event.TrainingEvent;
import io.millrace.contracts.event.TrainingEvent.RunArchived;
import io.millrace.contracts.event.TrainingEvent.RunDeleted;
import io.millrace.contracts.json.Messages;
import io.millrace.messaging.Topics;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Runs that have ended are archived, restored and deleted. */
@QuarkusTest
@QuarkusTestResource(Infrastructure.class)
class HousekeepingTest extends RunningService {
  @Test
  void anArchivedRunIsHiddenUntilItIsRestored() {
    complete("hide-1", "hide", "plain");
    complete("hide-2", "hide", "dropout");

    assertThat(post("/runs/hide-1/archive").statusCode(200).extract().jsonPath().getInt("runs"))
        .isEqualTo(1);

    assertThat(runs("/runs?experiment=hide")).containsExactly("hide-2");
    assertThat(runs("/runs?experiment=hide&archived=true")).containsExactly("hide-2", "hide-1");
    assertThat(runs("/runs?experiment=hide&archived=only")).containsExactly("hide-1");
    assertThat(get("/runs/hide-1").getBoolean("archived")).isTrue();
    assertThat(get("/runs/hide-2").getMap("")).doesNotContainKey("archived");
    assertThat(get("/experiments/hide").getList("variants.variant")).containsExactly("dropout");
    assertThat(get("/experiments/hide?archived=true").getList("variants.variant"))
        .containsExactly("plain", "dropout");
    assertThat(variantsOfCurves("/experiments/hide/curves?metric=loss&x=epoch"))
        .containsExactly("dropout");
    assertThat(variantsOfCurves("/experiments/hide/curves?metric=loss&x=step"))
        .containsExactly("dropout");
    assertThat(variantsOfCurves("/experiments/hide/curves?metric=loss&x=time&archived=true"))
        .containsExactly("plain", "dropout");
    awaitRunsOf("hide", "/experiments?limit=500", 1);
    awaitRunsOf("hide", "/experiments?limit=500&archived=true", 2);
    awaitUntil(
        "/runs/hide-1/log", log -> log.getList("events.text").contains("was archived by a user"));

    assertThat(post("/runs/hide-1/archive").extract().jsonPath().getInt("runs"))
        .as("already archived")
        .isZero();
    assertThat(records(Topics.TRAINING_EVENTS, "hide-1"))
        .filteredOn(record -> event(record.value()) instanceof RunArchived)
        .hasSize(1);
    post("/runs/hide-1/restore").statusCode(200);
    assertThat(runs("/runs?experiment=hide")).containsExactly("hide-2", "hide-1");
  }

  @Test
  void onlyEndedRunsCanBeArchivedOrDeleted() {
    Events events = Events.ofImages("busy-1", "busy", "plain", 1);
    publisher.events(events.started());
    awaitState("busy-1", "RUNNING");
    complete("busy-2", "busy", "plain");

    for (String action : List.of("archive", "delete")) {
      assertThat(post("/runs/busy-1/" + action).statusCode(409).extract().asString())
          .contains("busy-1", "RUNNING");
      assertThat(post("/experiments/busy/" + action).statusCode(409).extract().asString())
          .contains("busy-1", "RUNNING");
    }

    assertThat(runs("/runs?experiment=busy")).containsExactlyInAnyOrder("busy-1", "busy-2");
    post("/runs/nobody/archive").statusCode(404);
    post("/runs/nobody/delete").statusCode(404);
    post("/experiments/nobody/restore").statusCode(404);
    post("/runs/-x/delete").statusCode(400);
    assertThat(post("/runs/busy-2/delete?purge=true").statusCode(400).extract().asString())
        .contains("purge");
    given().get("/runs?archived=maybe").then().statusCode(400);
  }

  @Test
  void anArchivedRunIsShownAgainWhenItRestarts() {
    Events events = Events.ofImages("again-1", "again", "plain", 1);
    publisher.eventsUnder(1, events.started(), events.completed(1));
    awaitState("again-1", "COMPLETED");
    post("/runs/again-1/archive").statusCode(200);

    publisher.eventsUnder(2, events.started());

    awaitState("again-1", "RUNNING");
    assertThat(runs("/runs?experiment=again")).containsExactly("again-1");
  }

  @Test
  void aDeletedRunIsRemovedAndLateTrainerEventsDoNotRestoreIt() throws Exception {
    Events events = Events.ofImages("gone-1", "gone", "plain", 1);
    publisher.request("gone-1", Events.imageRequest("gone-1", "gone", "plain", 1));
    awaitState("gone-1", "QUEUED");
    publisher.events(events.imageLife(0.5, 1.5, 1.25));
    awaitState("gone-1", "COMPLETED");
    long id = number("select id from run where run = 'gone-1'");

    assertThat(post("/runs/gone-1/delete").statusCode(200).extract().jsonPath().getInt("runs"))
        .isEqualTo(1);

    when().get("/runs/gone-1").then().statusCode(404);
    when().get("/experiments/gone").then().statusCode(404);
    for (String table : List.of("epoch", "evaluation", "loss_block", "run_metric", "run_event")) {
      assertThat(number("select count(*) from " + table + " where run_id = " + id))
          .as(table)
          .isZero();
    }
    assertThat(records(Topics.TRAINING_EVENTS, "gone-1"))
        .filteredOn(record -> event(record.value()) instanceof RunDeleted)
        .hasSize(1);
    assertThat(commands("gone-1")).containsExactly(new TrainingCommand.Delete(1, "gone-1"));

    publisher.events(
        events.steps(2, 1.0, 1.0, 1.0), events.epoch(2, 1.0, 1.0), events.completed(3));
    awaitIngestOf("gone-1", "after-gone-1");
    when().get("/runs/gone-1").then().statusCode(404);

    assertThat(post("/runs/gone-1/delete").statusCode(200).extract().jsonPath().getInt("runs"))
        .as("already deleted: only its files are deleted again")
        .isZero();
    assertThat(commands("gone-1")).hasSize(2);
  }

  @Test
  void theIdOfADeletedRunCanBeUsedForANewRun() {
    complete("reborn-1", "reborn", "plain");
    post("/runs/reborn-1/delete").statusCode(200);

    given()
        .contentType("application/json")
        .body(Events.imageRequest("reborn-1", "reborn", "dropout", 7))
        .post("/runs")
        .then()
        .statusCode(202);

    JsonPath run = awaitState("reborn-1", "QUEUED");
    assertThat(run.getString("variant")).isEqualTo("dropout");
    assertThat(run.getInt("steps_done")).isZero();
    publisher.events(Events.ofImages("reborn-1", "reborn", "dropout", 7).imageLife(0.75, 1.0, 0.5));
    assertThat(awaitState("reborn-1", "COMPLETED").getDouble("test.acc")).isEqualTo(0.75);
  }

  @Test
  void aRejectedRequestWithTheIdOfADeletedRunIsShown() {
    complete("refused-again-1", "refused-again", "plain");
    post("/runs/refused-again-1/delete").statusCode(200);

    publisher.events(
        Events.ofImages("refused-again-1", "refused-again", "plain", 1)
            .rejected("epocs", "epocs: is not a field here", false));

    awaitState("refused-again-1", "REJECTED");
    post("/runs/refused-again-1/archive").statusCode(200);
    post("/runs/refused-again-1/delete").statusCode(200);
  }

  @Test
  void anExperimentWithManyRunsIsArchivedRestoredAndDeletedCompletely() throws Exception {
    try (var database = Infrastructure.database();
        var statement = database.createStatement()) {
      statement.execute(
          "insert into run (run, experiment, variant, state, progress, created_at, ended_at)"
              + " select 'crowd-' || i, 'crowd', 'plain', 'COMPLETED', 4, now(), now()"
              + " from generate_series(1, 450) as i");
    }

    assertThat(post("/experiments/crowd/archive").extract().jsonPath().getInt("runs"))
        .isEqualTo(450);
    assertThat(when().get("/experiments/crowd").then().statusCode(404).extract().asString())
        .contains("archived=true");
    awaitRunsOf("crowd", "/experiments?limit=500&archived=only", 450);
    assertThat(post("/experiments/crowd/restore").extract().jsonPath().getInt("runs"))
        .isEqualTo(450);
    assertThat(post("/experiments/crowd/delete").extract().jsonPath().getInt("runs"))
        .isEqualTo(450);
    assertThat(number("select count(*) from run where experiment = 'crowd'")).isZero();
    assertThat(commands("crowd-450")).containsExactly(new TrainingCommand.Delete(1, "crowd-450"));
  }

  @Test
  void aDeletionIsRetriedAfterADeadlock() throws Exception {
    try (var other = Infrastructure.database();
        var statement = other.createStatement()) {
      statement.execute(
          "insert into run (run, experiment, variant, state, progress, created_at, ended_at)"
              + " select 'knot-' || i, 'knot', 'plain', 'COMPLETED', 4, now(), now()"
              + " from generate_series(1, 2) as i");
      // The deletion detects the deadlock first, and is rolled back.
      statement.execute("set deadlock_timeout = '30s'");
      other.setAutoCommit(false);
      statement.execute("update run set owner = owner where run = 'knot-2'");
      var deletion =
          CompletableFuture.supplyAsync(
              () -> post("/experiments/knot/delete").extract().jsonPath().getInt("runs"));
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> number("select count(*) from pg_locks where not granted") > 0);
      statement.execute("update run set owner = owner where run = 'knot-1'");
      other.commit();

      assertThat(deletion.get(30, TimeUnit.SECONDS)).isEqualTo(2);
    }
    assertThat(number("select count(*) from run where experiment = 'knot'")).isZero();
  }

  @Test
  void rejectedRequestsAreCountedAndBelongToNoVariant() throws Exception {
    complete("chips-1", "chips", "plain");
    try (var database = Infrastructure.database();
        var statement = database.createStatement()) {
      statement.execute(
          "insert into run (run, experiment, variant, state, progress, created_at, ended_at)"
              + " select 'chips-bad-' || i, 'chips', 'typo', 'REJECTED', 2,"
              + " '2025-01-01', now() from generate_series(1, 30) as i");
    }

    JsonPath page =
        get("/runs?experiment=chips&state=COMPLETED&state=running&counts=true&limit=500");
    assertThat(page.getList("runs.run")).containsExactly("chips-1");
    assertThat(page.getInt("states.COMPLETED")).isEqualTo(1);
    assertThat(page.getInt("states.REJECTED")).isEqualTo(30);
    assertThat(get("/runs?experiment=chips").getMap("")).doesNotContainKey("states");
    JsonPath experiment = get("/experiments/chips");
    assertThat(experiment.getList("variants.variant")).containsExactly("plain");
    assertThat(experiment.getString("baseline")).isEqualTo("plain");
    assertThat(experiment.getInt("rejected")).isEqualTo(30);

    post("/runs/chips-1/archive").statusCode(200);
    JsonPath rejectedOnly =
        awaitUntil("/experiments/chips", json -> json.getList("variants").isEmpty());
    assertThat(rejectedOnly.getInt("rejected")).isEqualTo(30);
    awaitRunsOf("chips", "/experiments?limit=500", 30);
  }

  private static void complete(String run, String experiment, String variant) {
    publisher.events(Events.ofImages(run, experiment, variant, 1).imageLife(0.5, 1.5, 1.25));
    awaitState(run, "COMPLETED");
  }

  /** Waits until the events of a run are ingested, by a later event with the same key. */
  private static void awaitIngestOf(String run, String after) {
    publisher.raw(
        Topics.TRAINING_EVENTS,
        run,
        Messages.write(Events.ofImages(after, after, "plain", 1).started()));
    awaitState(after, "RUNNING");
  }

  private static ValidatableResponse post(String path) {
    return given().post(path).then();
  }

  private static List<String> runs(String path) {
    return get(path).getList("runs.run", String.class);
  }

  private static List<String> variantsOfCurves(String path) {
    return get(path).getList("variants.variant", String.class);
  }

  /** Waits for a number of runs in a list of experiments, which may be a second old. */
  private static void awaitRunsOf(String experiment, String path, int runs) {
    awaitUntil(
        path,
        json ->
            Integer.valueOf(runs)
                .equals(
                    json.get("experiments.find { it.experiment == '" + experiment + "' }.runs")));
  }

  private static long number(String sql) throws SQLException {
    try (var database = Infrastructure.database();
        var statement = database.createStatement();
        var found = statement.executeQuery(sql)) {
      found.next();
      return found.getLong(1);
    }
  }

  private static List<TrainingCommand> commands(String run) {
    return records(Topics.TRAINING_COMMANDS, run).stream()
        .map(record -> Messages.read(record.value(), TrainingCommand.class))
        .toList();
  }

  private static TrainingEvent event(byte[] record) {
    return Messages.read(record, TrainingEvent.class);
  }
}
