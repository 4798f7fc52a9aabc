package io.millrace.results;

import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contracts.event.TrainingEvent;
import io.millrace.contracts.json.Messages;
import io.millrace.messaging.Topics;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The states and results of a run, from its request to its end. */
@QuarkusTest
@QuarkusTestResource(Infrastructure.class)
class RunLifeTest extends RunningService {
  @Test
  void anImageRunIsFollowedFromItsRequestToItsModel() {
    publisher.request("life-1", Events.imageRequest(null, "life", "plain", 7));
    JsonPath queued = awaitState("life-1", "QUEUED");
    assertThat(queued.getString("experiment")).isEqualTo("life");
    assertThat(queued.getString("variant")).isEqualTo("plain");
    assertThat(queued.getLong("seed")).isEqualTo(7);
    assertThat(queued.getString("request.run")).isEqualTo("life-1");
    assertThat(queued.getString("queued_at")).isNotNull();
    assertThat(queued.getMap("")).doesNotContainKeys("reason", "trainer", "model", "delivery");

    publisher.events(Events.ofImages("life-1", "life", "plain", 7).imageLife(0.75, 1.5, 1.25));
    JsonPath run = awaitState("life-1", "COMPLETED");
    assertThat(run.getString("trainer")).isEqualTo("trainer-1");
    assertThat(run.getString("device")).isEqualTo("CPU: no GPU was found");
    assertThat(run.getInt("delivery")).isEqualTo(1);
    assertThat(run.getString("started_at")).isEqualTo("2026-01-01T12:00:00Z");
    assertThat(run.getString("ended_at")).isEqualTo("2026-01-01T12:00:06Z");
    assertThat(run.getInt("epochs")).isEqualTo(2);
    assertThat(run.getInt("epochs_done")).isEqualTo(2);
    assertThat(run.getInt("steps_done")).isEqualTo(6);
    assertThat(run.getInt("steps_per_epoch")).isEqualTo(3);
    assertThat(run.getMap("samples")).containsEntry("train", 96).containsEntry("test", 24);
    assertThat(run.getString("validation_part")).isEqualTo("test");
    assertThat(run.getList("layers.name")).containsExactly("flatten", "dense");
    assertThat(run.getList("layers[1].output_shape")).containsExactly(10);
    assertThat(run.getLong("parameters")).isEqualTo(7_850);
    assertThat(run.getDouble("metrics.val_loss")).isEqualTo(1.25);
    assertThat(run.getDouble("test.acc")).isEqualTo(0.75);
    assertThat(run.getString("baseline.name")).isEqualTo("majority_class");
    assertThat(run.getString("model.path")).isEqualTo("life-1/model.zip");
    assertThat(run.getLong("model.bytes")).isEqualTo(1_234);
    assertThat(run.getDouble("seconds")).isEqualTo(12.5);
    assertThat(run.getList("rejections")).isEmpty();

    JsonPath history = get("/runs/life-1/history");
    assertThat(history.getList("epochs.epoch")).containsExactly(0, 1);
    assertThat(history.getList("epochs.step")).containsExactly(3, 6);
    assertThat(history.getMap("epochs[0].metrics").keySet())
        .as("the metrics in the order of the trainer")
        .extracting(Object::toString)
        .containsExactly("loss", "acc", "val_loss", "val_acc");
    assertThat(history.getDouble("epochs[1].samples_per_second")).isEqualTo(65.0);
    assertThat(history.getDouble("epochs[1].data_wait_seconds")).isEqualTo(0.01);

    JsonPath evaluation = get("/runs/life-1/evaluation");
    assertThat(evaluation.getInt("samples")).isEqualTo(24);
    assertThat(evaluation.getList("confusion.classes")).containsExactly("bag", "coat");
    assertThat(evaluation.getList("confusion.matrix[1]")).containsExactly(3, 9);
    assertThat(evaluation.getMap("")).doesNotContainKey("prediction");
  }

  @Test
  void aSeriesRunReportsItsDataNotesPredictionAndBaselines() {
    Events events = Events.ofSeries("series-1", "series", "adam", 1);
    publisher.events(
        events.started(),
        events.steps(0, 0.5, null, 0.25),
        events.epoch(0, 0.4, 0.3),
        events.evaluatedSeries(),
        events.completed(1));
    awaitState("series-1", "COMPLETED");

    JsonPath notes = get("/runs/series-1").setRootPath("data_notes");
    assertThat(notes.getString("time.step")).isEqualTo("1 working day");
    assertThat(notes.getInt("gaps.windows")).isEqualTo(40);
    JsonPath evaluation = get("/runs/series-1/evaluation");
    assertThat(evaluation.getList("prediction.dates"))
        .containsExactly("2020-10", "2020-11", "2020-12");
    assertThat(evaluation.getDouble("prediction.baseline_rmse")).isEqualTo(0.5);
    assertThat(evaluation.getDouble("prediction.steps_ahead[1].baseline_mae")).isEqualTo(0.45);
    assertThat(evaluation.getMap("")).doesNotContainKey("confusion");
    assertThat(evaluation.getString("seasonal_baseline.name")).isEqualTo("seasonal");
    assertThat(evaluation.getDouble("seasonal_baseline.metrics.mae")).isEqualTo(0.15);
    assertThat(evaluation.getDouble("prediction.seasonal_mae")).isEqualTo(0.5);
    assertThat(evaluation.getDouble("prediction.targets[1].seasonal_rmse")).isEqualTo(3.5);
    JsonPath variant = get("/experiments/series").setRootPath("variants[0]");
    assertThat(variant.getDouble("prediction.rmse.mean")).isEqualTo(0.25);
    assertThat(variant.getMap("prediction").keySet())
        .as("the errors of the prediction, without its values")
        .extracting(Object::toString)
        .containsExactly("rmse", "mae", "baseline_rmse", "baseline_mae");
    assertThat(variant.getString("baseline.name")).isEqualTo("persistence");

    JsonPath losses = get("/runs/series-1/losses");
    assertThat(losses.getList("steps.loss"))
        .as("null means not finite")
        .containsExactly(0.5, null, 0.25);
  }

  @Test
  void repeatedEventsInAnyOrderChangeNothing() {
    List<TrainingEvent> events =
        Events.ofImages("replayed-1", "replayed", "plain", 1).imageLife(0.5, 1.5, 1.0);
    publisher.events(events);
    awaitState("replayed-1", "COMPLETED");
    List<String> before = everythingOf("replayed-1", "replayed");

    publisher.events(events);
    publisher.events(events);
    List<TrainingEvent> shuffled = new ArrayList<>(events);
    Collections.shuffle(shuffled, new Random(1));
    publisher.events(shuffled);
    awaitIngestOf("replayed-1", "after-replayed");

    assertThat(everythingOf("replayed-1", "replayed")).isEqualTo(before);
  }

  @Test
  void eventsInReverseOrderProduceTheSameRun() {
    List<TrainingEvent> forwards =
        new ArrayList<>(Events.ofImages("order", "order", "plain", 1).imageLife(0.5, 1.5, 1.0));
    Collections.reverse(forwards);
    publisher.events(forwards);
    JsonPath run = awaitUntil("/runs/order", json -> json.getString("trainer") != null);

    assertThat(run.getString("state")).isEqualTo("COMPLETED");
    assertThat(run.getInt("steps_done")).isEqualTo(6);
    assertThat(run.getDouble("metrics.val_loss")).isEqualTo(1.0);
    assertThat(run.getString("started_at")).isEqualTo("2026-01-01T12:00:00Z");
  }

  @Test
  void aLateQueuedEventDoesNotChangeTheStateOfAnEndedRun() {
    Events events = Events.ofImages("late-1", "late", "plain", 1);
    publisher.events(events.imageLife(0.5, 1.0));
    awaitState("late-1", "COMPLETED");

    publisher.events(events.queued());
    JsonPath run = awaitUntil("/runs/late-1", json -> json.getString("queued_at") != null);

    assertThat(run.getString("state")).isEqualTo("COMPLETED");
    assertThat(run.getString("request.optimizer.type")).isEqualTo("RMSprop");
  }

  @Test
  void eventsFromATrainerWhoseRunWasTakenOverAreIgnored() {
    Events events = Events.ofImages("fenced-1", "fenced", "plain", 1);
    publisher.eventsUnder(1, events.started(), events.steps(0, 2.0, 1.5, 1.25));
    // Events of the old trainer (claim 1) and of its successor (claim 2) can mix in one batch.
    publisher.eventsUnder(2, events.started(), events.steps(0, 2.0, 1.5, 1.25));
    publisher.eventsUnder(
        1, events.steps(0, 9.0, 9.0, 9.0), events.epoch(0, 9.0, 9.0), events.failed("asleep"));
    publisher.eventsUnder(2, events.epoch(0, 1.5, 1.25), events.evaluatedImages(0.75));
    publisher.eventsUnder(1, events.evaluatedImages(0.0), events.cancelled());
    publisher.eventsUnder(3, events.completed(1));
    awaitState("fenced-1", "COMPLETED");
    publisher.eventsUnder(2, events.steps(0, 8.0, 8.0, 8.0), events.epoch(0, 8.0, 8.0));
    publisher.eventsUnder(1, events.completed(7));
    awaitIngestOf("fenced-1", "after-fenced");

    JsonPath run = get("/runs/fenced-1");
    assertThat(run.getString("state")).isEqualTo("COMPLETED");
    assertThat(run.getInt("epochs_done")).isEqualTo(1);
    assertThat(run.getMap("")).doesNotContainKey("reason");
    assertThat(get("/runs/fenced-1/losses").getList("steps.loss")).containsExactly(2.0, 1.5, 1.25);
    assertThat(get("/runs/fenced-1/history").getDouble("epochs[0].metrics.loss")).isEqualTo(1.5);
    assertThat(run.getDouble("test.acc")).isEqualTo(0.75);
  }

  @Test
  void anExtendedRunRunsAgainAndContinuesItsCurves() {
    Events events = Events.ofImages("extended-1", "extended", "plain", 1);
    publisher.eventsUnder(
        1, events.started(), events.steps(0, 2.0, 1.5, 1.25), events.epoch(0, 1.5, 1.25));
    publisher.eventsUnder(2, events.completed(1));
    awaitState("extended-1", "COMPLETED");

    publisher.eventsUnder(3, events.started());
    JsonPath running = awaitState("extended-1", "RUNNING");
    assertThat(running.getMap("")).doesNotContainKeys("ended_at", "reason");
    assertThat(running.getInt("epochs_done")).isEqualTo(1);
    publisher.eventsUnder(2, events.completed(1));
    publisher.eventsUnder(3, events.steps(1, 1.0, 0.5, 0.25), events.epoch(1, 0.5, 0.25));
    publisher.eventsUnder(4, events.completed(2));
    JsonPath run = awaitState("extended-1", "COMPLETED");

    assertThat(run.getInt("epochs_done")).isEqualTo(2);
    assertThat(get("/runs/extended-1/losses").getList("steps.loss"))
        .containsExactly(2.0, 1.5, 1.25, 1.0, 0.5, 0.25);
  }

  @Test
  void aRunReportsEarlyStoppingAndItsBestEpochIfTheTrainerSentThem() {
    Events early = Events.ofImages("early-1", "early", "plain", 1);
    Events plain = Events.ofImages("early-2", "early", "plain", 2);
    publisher.events(early.started(), early.completed(4, true, 0));
    publisher.events(plain.started(), plain.completed(4));
    awaitState("early-2", "COMPLETED");

    JsonPath run = awaitState("early-1", "COMPLETED");
    assertThat(run.getBoolean("stopped_early")).isTrue();
    assertThat(run.getInt("best_epoch")).isZero();
    assertThat(get("/runs/early-2").getMap("")).doesNotContainKeys("stopped_early", "best_epoch");
  }

  @Test
  void onlyTheFirstEndEventOfARunCounts() {
    Events events = Events.ofImages("ends-1", "ends", "plain", 1);
    publisher.events(
        events.started(),
        events.failed("the loss is not finite since step 2"),
        events.cancelled(),
        events.completed(1));
    awaitState("ends-1", "FAILED");
    awaitIngestOf("ends-1", "after-ends");

    JsonPath run = get("/runs/ends-1");
    assertThat(run.getString("state")).isEqualTo("FAILED");
    assertThat(run.getString("reason")).isEqualTo("the loss is not finite since step 2");
    assertThat(run.getInt("failed_at_step")).isEqualTo(2);
    assertThat(run.getMap("")).doesNotContainKey("model");
  }

  @Test
  void aCancelledRunSaysWhoEndedIt() {
    Events events = Events.ofImages("cancelled-1", "cancelled", "plain", 1);
    publisher.events(events.started(), events.cancelled());

    JsonPath run = awaitState("cancelled-1", "CANCELLED");

    assertThat(run.getString("reason")).isEqualTo("cancelled by a user");
    assertThat(run.getInt("failed_at_step")).isEqualTo(2);
  }

  @Test
  void aRejectedRequestIsStoredAsARunWithTheReason() {
    publisher.events(
        Events.ofImages("typo-1", "typo", "plain", 1)
            .rejected("epocs", "epocs: is not a field here; did you mean epochs?", false));

    JsonPath run = awaitState("typo-1", "REJECTED");

    assertThat(run.getString("reason")).contains("epocs");
    assertThat(run.getString("rejections[0].field")).isEqualTo("epocs");
    assertThat(run.getMap("")).doesNotContainKeys("experiment", "request");
    assertThat(get("/runs?state=rejected&limit=500").getList("runs.run", String.class))
        .contains("typo-1");
  }

  @Test
  void aRejectedRunStartsOnceItsRequestIsCorrected() {
    Events events = Events.ofImages("mended-1", "mended", "plain", 1);
    publisher.events(events.rejected("epocs", "epocs: is not a field here", false));
    awaitState("mended-1", "REJECTED");

    publisher.events(events.started());
    JsonPath run = awaitState("mended-1", "RUNNING");

    assertThat(run.getMap("")).doesNotContainKeys("reason", "ended_at");
    assertThat(run.getList("rejections.reason")).containsExactly("epocs: is not a field here");
  }

  @Test
  void theLatestOfSeveralRejectionsCounts() {
    Events events = Events.ofImages("rejected-twice", "rejected-twice", "plain", 1);
    var first = events.rejected("epocs", "epocs: is not a field here", false);
    var second = events.rejected("epochs", "epochs: 0 is out of range; give 1..10000", false);
    var conflict = events.rejected("run", "run: rejected-twice exists", true);
    publisher.events(first);
    awaitState("rejected-twice", "REJECTED");

    publisher.events(second, first, conflict);
    awaitIngestOf("rejected-twice", "after-rejected-twice");

    JsonPath run = get("/runs/rejected-twice");
    assertThat(run.getString("reason")).isEqualTo(second.reason());
    assertThat(run.getString("ended_at")).isEqualTo(second.at().toString());
    assertThat(run.getList("rejections.field")).containsExactly("epocs", "epochs", "run");
  }

  @Test
  void aConflictIsListedUnderTheRunAndChangesNothingElse() {
    Events events = Events.ofImages("conflict-1", "conflict", "plain", 1);
    publisher.request("conflict-1", Events.imageRequest("conflict-1", "conflict", "plain", 1));
    awaitState("conflict-1", "QUEUED");

    var refused = events.rejected("run", "run: conflict-1 exists with another request", true);
    publisher.events(refused, refused);
    JsonPath run = awaitUntil("/runs/conflict-1", json -> !json.getList("rejections").isEmpty());

    assertThat(run.getString("state")).isEqualTo("QUEUED");
    assertThat(run.getList("rejections.conflict")).containsExactly(true);
    assertThat(run.getMap("")).doesNotContainKeys("reason", "ended_at");
  }

  @Test
  void aConflictForAnUnknownRunMakesItRejectedUntilItIsQueued() {
    Events events = Events.ofImages("conflict-2", "conflict-2", "plain", 1);
    publisher.events(events.rejected("run", "run: conflict-2 exists", true));
    awaitState("conflict-2", "REJECTED");

    publisher.request("conflict-2", Events.imageRequest("conflict-2", "conflict-2", "plain", 1));
    JsonPath run = awaitState("conflict-2", "QUEUED");

    assertThat(run.getMap("")).doesNotContainKeys("reason", "ended_at");
    assertThat(run.getList("rejections")).hasSize(1);
  }

  /**
   * Waits until the service has ingested all events published so far under the key of a run. It
   * publishes the start of another run under the same key, so the event is on the same partition.
   */
  private static void awaitIngestOf(String key, String marker) {
    var started = Events.ofImages(marker, marker, "plain", 1).started();
    publisher.raw(Topics.TRAINING_EVENTS, key, Messages.write(started));
    awaitState(marker, "RUNNING");
  }

  private static List<String> everythingOf(String run, String experiment) {
    return List.of(
        when().get("/runs/" + run).asString(),
        when().get("/runs/" + run + "/history").asString(),
        when().get("/runs/" + run + "/losses").asString(),
        when().get("/runs/" + run + "/evaluation").asString(),
        when().get("/runs/" + run + "/log").asString(),
        when().get("/experiments/" + experiment).asString());
  }
}
