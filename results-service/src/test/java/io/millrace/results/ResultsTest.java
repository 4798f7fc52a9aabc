package io.millrace.results;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasEntry;

import io.millrace.contracts.event.TrainingEvent;
import io.millrace.messaging.Delivery;
import io.millrace.messaging.KafkaSettings;
import io.millrace.messaging.Topics;
import io.millrace.messaging.WorkQueue;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** From Kafka through PostgreSQL to HTTP, each of them real. */
@QuarkusTest
@QuarkusTestResource(Infrastructure.class)
class ResultsTest extends RunningService {
  private static final String AUGMENTERS_DEPTH =
      "millrace_results_queue_depth_records{group=\"augmenters\"}";
  private static final Offset<Double> EXACT = Offset.offset(1e-12);

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
        .as("in the order in which the trainer names them")
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
  void aSeriesRunTellsItsPredictionInTheColumnsUnitsAndWhatItsDatesAre() {
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
        .as("its numbers without its values")
        .extracting(Object::toString)
        .containsExactly("rmse", "mae", "baseline_rmse", "baseline_mae");
    assertThat(variant.getString("baseline.name")).isEqualTo("persistence");

    JsonPath losses = get("/runs/series-1/losses");
    assertThat(losses.getList("steps.loss"))
        .as("null: not finite")
        .containsExactly(0.5, null, 0.25);
  }

  @Test
  void theSameEventsAgainAndInAnyOrderChangeNothing() {
    List<TrainingEvent> life =
        Events.ofImages("replayed-1", "replayed", "plain", 1).imageLife(0.5, 1.5, 1.0);
    publisher.events(life);
    awaitState("replayed-1", "COMPLETED");
    List<String> before = everythingOf("replayed-1", "replayed");

    publisher.events(life);
    publisher.events(life);
    List<TrainingEvent> shuffled = new ArrayList<>(life);
    Collections.shuffle(shuffled, new Random(1));
    publisher.events(shuffled);
    awaitIngestOf("replayed-1", "after-replayed");

    assertThat(everythingOf("replayed-1", "replayed")).isEqualTo(before);
  }

  @Test
  void eventsInReverseOrderMakeTheSameRun() {
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
  void anAcceptanceSeenAfterItsRunsEndLeavesTheStateAsItIs() {
    Events events = Events.ofImages("late-1", "late", "plain", 1);
    publisher.events(events.imageLife(0.5, 1.0));
    awaitState("late-1", "COMPLETED");

    publisher.events(events.queued());
    JsonPath run = awaitUntil("/runs/late-1", json -> json.getString("queued_at") != null);

    assertThat(run.getString("state")).isEqualTo("COMPLETED");
    assertThat(run.getString("request.optimizer.type")).isEqualTo("RMSprop");
  }

  @Test
  void whatATrainerTellsAfterItsRunWasTakenOverDoesNotCount() {
    Events events = Events.ofImages("fenced-1", "fenced", "plain", 1);
    publisher.eventsUnder(1, events.started(), events.steps(0, 2.0, 1.5, 1.25));
    // Both in one batch, and in the order in which a sleeper's and its successor's may stand.
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
  void aRunThatIsExtendedRunsAgainAndItsCurvesGoOn() {
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
  void aRunTellsWhetherItStoppedEarlyAndItsBestEpochWhereACallbackSaysSo() {
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
  void theFirstEndOfARunCounts() {
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
  void aRejectedRequestIsARunWithItsReason() {
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
  void aRequestThatWasMendedAfterItsRejectionRuns() {
    Events events = Events.ofImages("mended-1", "mended", "plain", 1);
    publisher.events(events.rejected("epocs", "epocs: is not a field here", false));
    awaitState("mended-1", "REJECTED");

    publisher.events(events.started());
    JsonPath run = awaitState("mended-1", "RUNNING");

    assertThat(run.getMap("")).doesNotContainKeys("reason", "ended_at");
    assertThat(run.getList("rejections.reason")).containsExactly("epocs: is not a field here");
  }

  @Test
  void ofSeveralRejectionsTheLatestCounts() {
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
  void aConflictUnderAnUnknownRunIsARejectedRunUntilMoreIsKnown() {
    Events events = Events.ofImages("conflict-2", "conflict-2", "plain", 1);
    publisher.events(events.rejected("run", "run: conflict-2 exists", true));
    awaitState("conflict-2", "REJECTED");

    publisher.request("conflict-2", Events.imageRequest("conflict-2", "conflict-2", "plain", 1));
    JsonPath run = awaitState("conflict-2", "QUEUED");

    assertThat(run.getMap("")).doesNotContainKeys("reason", "ended_at");
    assertThat(run.getList("rejections")).hasSize(1);
  }

  @Test
  void garbageIsSkippedAndTheServiceStaysHealthy() {
    for (String garbage :
        List.of("", "not JSON", "null", "{\"type\": \"run-danced\"}", "{\"run\": \"x\"}")) {
      publisher.raw(Topics.TRAINING_EVENTS, "garbage-1", bytes(garbage));
      publisher.raw(Topics.TRAINING_REQUESTS, "garbage-1", bytes(garbage));
    }
    publisher.raw(Topics.TRAINING_EVENTS, null, null);
    publisher.raw(Topics.TRAINING_EVENTS, null, new byte[] {(byte) 0xff, 0, 1});
    Events events = Events.ofImages("garbage-1", "garbage", "plain", 1);
    publisher.events(
        events.started(), events.failed("a NUL \u0000, which PostgreSQL's text cannot hold"));

    JsonPath run = awaitState("garbage-1", "FAILED");

    assertThat(run.getString("reason")).startsWith("a NUL \ufffd");
    when().get("/q/health").then().statusCode(200);
    assertThat(metric("millrace_results_records_skipped_total")).isGreaterThanOrEqualTo(7);
    assertThat(records(Topics.TRAINING_EVENTS_DLQ, "garbage-1"))
        .hasSize(5)
        .allSatisfy(letter -> assertThat(reason(letter)).startsWith("training-events-"))
        .anySatisfy(letter -> assertThat(reason(letter)).contains("run-danced"));
  }

  @Test
  void theDepthOfAQueueIsWhatItsGroupHasNotDone() {
    for (int i = 0; i < 5; i++) {
      publisher.raw(Topics.BATCH_TASKS, "task-" + i, bytes("{}"));
    }
    await("before any augmenter was there")
        .atMost(PATIENCE)
        .until(() -> metric(AUGMENTERS_DEPTH) == 5);

    var done = new AtomicInteger();
    var over = new CountDownLatch(1);
    try (var queue = tasks(done, over)) {
      await("with one in hand").atMost(PATIENCE).until(() -> metric(AUGMENTERS_DEPTH) == 3);
      over.countDown();
      await().atMost(PATIENCE).until(() -> done.get() == 5);
    }
    await("after the last augmenter went")
        .atMost(PATIENCE)
        .until(() -> metric(AUGMENTERS_DEPTH) == 0);
  }

  /** An augmenter that does two tasks, and the others when it may. */
  private static WorkQueue tasks(AtomicInteger done, CountDownLatch over) {
    var kafka =
        new KafkaSettings(
            Map.of("bootstrap.servers", Infrastructure.bootstrapServers()), Optional.empty());
    return new WorkQueue(
            new WorkQueue.Place(
                kafka,
                Topics.AUGMENTERS,
                List.of(Topics.BATCH_TASKS),
                "augmenter",
                Duration.ofHours(1)),
            new WorkQueue.Worker() {
              @Override
              public WorkQueue.Outcome work(Delivery delivery) throws Exception {
                if (done.incrementAndGet() > 2) {
                  over.await();
                }
                return WorkQueue.Outcome.ACCEPT;
              }

              @Override
              public void failed(Delivery delivery, Throwable failure) {
                throw new AssertionError("a task failed", failure);
              }
            })
        .start();
  }

  @Test
  void charactersThatPostgresqlCannotHoldAreReplacedAndNoOthers() {
    String unpaired = "\ud800 alone, \udc00\ud800 the wrong way round, at the end \udfff";
    String held = " \u00e9\u4e2d\ud83d\ude00 \\u0000 \\\\ud800 \" \n \\";
    Events events = Events.ofImages("text-1", "text", "plain", 1);
    publisher.events(events.started(), events.failed(held + unpaired));

    JsonPath run = awaitState("text-1", "FAILED");

    assertThat(run.getString("reason"))
        .isEqualTo(held + "\ufffd alone, \ufffd\ufffd the wrong way round, at the end \ufffd");
  }

  @Test
  void aBatchThatTheDatabaseRefusesCostsOnlyTheEventThatIsToBlame() {
    Events good = Events.ofImages("refused-good", "refused", "plain", 1);
    publisher.events(
        good.started(),
        new TrainingEvent.RunRejected(
            1,
            "refused-bad",
            java.time.Instant.EPOCH,
            null,
            "no reason",
            false,
            null,
            tooLongForAnIndex(),
            null,
            null),
        good.completed(1));

    awaitState("refused-good", "COMPLETED");

    when().get("/runs/refused-bad").then().statusCode(404);
    assertThat(records(Topics.TRAINING_EVENTS_DLQ, "refused-bad"))
        .singleElement()
        .satisfies(letter -> assertThat(reason(letter)).startsWith("the database rejects it: "));
    when().get("/q/health").then().statusCode(200);
  }

  private static String reason(ConsumerRecord<String, byte[]> letter) {
    return new String(
        letter.headers().lastHeader(Topics.DLQ_REASON).value(), StandardCharsets.UTF_8);
  }

  /** Of random letters: others would be compressed. */
  private static String tooLongForAnIndex() {
    return new Random(1)
        .ints(20_000, 'a', 'z' + 1)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  @Test
  void lossesComeInPages() {
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
  void stepsFarApartComeInPagesAndThoseBetweenThemAreNotKnown() {
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
  void runsComeInPagesNewestFirst() {
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
    // 0.5, 0.75, 0.625: mean 0.625; squares of the differences 2/64, over n - 1 = 2: 1/64.
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
    // Epochs of 64 and 65 samples a second in each run.
    assertThat(plain.getDouble("samples_per_second.mean")).isCloseTo(64.5, EXACT);
    // The least val_loss: 1.0 in epoch 1, 1.25 in epoch 0, 1.25 in epoch 0.
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
            .map(ResultsTest::stringKeys)
            .orElseThrow();
    assertThat(line)
        .containsEntry("runs", 5)
        .containsEntry("variants", 2)
        .containsEntry("states", Map.of("COMPLETED", 4, "FAILED", 1));
  }

  @Test
  void experimentsComeInPages() {
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
  void whatIsNotKnownIsAnsweredWith404AndJson() {
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
  void aBadParameterIsAnsweredWith400AndItsName() {
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
  void aCursorThatWasNotGivenOutIsAnsweredWith400() {
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
  void aCursorMayLieAtTheEdgesOfThePossible() {
    for (String text :
        List.of("+294276-12-31T23:59:59.999999Z edge", "-4713-11-24T00:00:00Z edge")) {
      String cursor = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(text));
      when().get("/runs?cursor=" + cursor).then().statusCode(200);
    }
  }

  @Test
  void nothingIsLostWhileTheDatabaseIsAway() throws Exception {
    Events events = Events.ofImages("away-1", "away", "plain", 1);
    publisher.events(events.started());
    awaitState("away-1", "RUNNING");

    Infrastructure.stopDatabase();
    try {
      publisher.events(events.steps(0, 3.0, 2.0, 1.0), events.epoch(0, 2.0, 1.0));
      await().atMost(PATIENCE).until(() -> when().get("/q/health/ready").statusCode() == 503);
      await().atMost(PATIENCE).until(() -> metric("millrace_results_ingest_retries_total") >= 1);
      when().get("/q/health/live").then().statusCode(200);
      when()
          .get("/q/health/ready")
          .then()
          .statusCode(503)
          .body(
              "checks.find { it.name == 'Reactive PostgreSQL connections health check' }.status",
              equalTo("DOWN"))
          .body(
              "checks.find { it.name == 'Reactive PostgreSQL connections health check' }.data",
              hasEntry(equalTo("<default>"), containsString("onnection refused")));
      for (String path :
          List.of(
              "/runs",
              "/runs/away-1",
              "/runs/away-1/losses?points=10",
              "/runs/away-1/events",
              "/experiments/away/curves")) {
        when()
            .get(path)
            .then()
            .statusCode(503)
            .contentType("application/problem+json")
            .body("status", equalTo(503))
            .body("detail", equalTo("the database is unavailable; try again later"));
      }
      given()
          .contentType("application/json")
          .body(Events.imageRequest("away-2", "away", "plain", 1))
          .post("/runs")
          .then()
          .statusCode(503)
          .contentType("application/problem+json");
    } finally {
      Infrastructure.startDatabase();
    }
    publisher.events(events.completed(1));

    JsonPath run = awaitState("away-1", "COMPLETED");
    assertThat(run.getInt("steps_done")).isEqualTo(3);
    assertThat(get("/runs/away-1/losses").getList("steps.loss")).containsExactly(3.0, 2.0, 1.0);
    await().atMost(PATIENCE).until(() -> when().get("/q/health/ready").statusCode() == 200);
  }

  @Test
  void theServiceIsNotReadyWhileTheBrokerIsAwayAndGoesOnAfterwards() throws Exception {
    Infrastructure.stopBroker();
    try {
      await().atMost(PATIENCE).until(() -> when().get("/q/health/ready").statusCode() == 503);
      when().get("/q/health/live").then().statusCode(200);
      when().get("/runs").then().statusCode(200);
    } finally {
      Infrastructure.startBroker();
    }
    publisher.events(Events.ofImages("broker-1", "broker", "plain", 1).started());

    awaitState("broker-1", "RUNNING");
    await().atMost(PATIENCE).until(() -> when().get("/q/health/ready").statusCode() == 200);
  }

  @Test
  void metricsAndTheOpenApiDocumentAreServed() {
    publisher.events(Events.ofImages("metrics-1", "metrics", "plain", 1).imageLife(0.5, 1.0));
    awaitState("metrics-1", "COMPLETED");

    String metrics = when().get("/q/metrics").asString();
    assertThat(metrics)
        .contains("millrace_results_events_total{type=\"run-completed\"}")
        .contains("millrace_results_rows_total")
        .contains("millrace_results_ingest_batch_seconds_count")
        .contains("millrace_results_ingest_lag_records{topic=\"training-events\"}")
        .contains("postgresql_processing_seconds_count")
        .as("of one connection among several")
        .doesNotContain("postgresql_queue_size", "postgresql_current");
    String openApi = when().get("/q/openapi").then().statusCode(200).extract().asString();
    assertThat(openApi).contains("/runs/{run}/losses:", "samples_per_second:", "/experiments:");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Map<String, Object> stringKeys(Map<?, ?> map) {
    var result = new java.util.HashMap<String, Object>();
    map.forEach((key, value) -> result.put(key.toString(), value));
    return result;
  }

  private static JsonPath variant(String experiment, String name) {
    JsonPath comparison = get("/experiments/" + experiment);
    int index = comparison.getList("variants.variant").indexOf(name);
    assertThat(index).as(name).isNotNegative();
    return comparison.setRootPath("variants[" + index + "]");
  }

  /**
   * Waits until all events published so far under the key of a run are taken in: a further run is
   * published under the same key, hence on the same partition.
   */
  private static void awaitIngestOf(String key, String marker) {
    var started = Events.ofImages(marker, marker, "plain", 1).started();
    publisher.raw(Topics.TRAINING_EVENTS, key, io.millrace.contracts.json.Messages.write(started));
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

  /** The sum of a metric's samples. */
  private static double metric(String name) {
    return when()
        .get("/q/metrics")
        .asString()
        .lines()
        .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}
