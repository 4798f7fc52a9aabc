package io.millrace.results;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.contracts.event.RefusedBy;
import io.millrace.contracts.event.TrainingEvent;
import io.millrace.contracts.event.TrainingEvent.RunQueued;
import io.millrace.contracts.event.TrainingEvent.RunRejected;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.messaging.Topics;
import io.millrace.results.adaptive.AdaptiveController;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** The effect of a refused extension depends on who refused it. */
@QuarkusTest
@QuarkusTestResource(Infrastructure.class)
class RefusedExtensionTest extends RunningService {
  @Inject AdaptiveController controller;

  private static byte[] longer(String run, int epochs) {
    return new String(Events.imageRequest(run, "refusals", "plain", 1), StandardCharsets.UTF_8)
        .replace("\"epochs\": 2", "\"epochs\": " + epochs + ", \"extend\": true")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static void complete(String run) {
    publisher.events(Events.ofImages(run, "refusals", "plain", 1).imageLife(0.5, 1.0, 0.9));
    awaitState(run, "COMPLETED");
  }

  private static void extend(String run, int epochs) {
    given()
        .contentType("application/json")
        .body(longer(run, epochs))
        .post("/runs")
        .then()
        .statusCode(202);
  }

  /** Waits until a run has {@code count} records on the queue, and returns the last one. */
  private static ConsumerRecord<String, byte[]> queued(String run, int count) {
    return await()
        .atMost(PATIENCE)
        .until(() -> records(Topics.TRAINING_QUEUE, run), found -> found.size() == count)
        .get(count - 1);
  }

  /** A refusal as a trainer publishes it, with the time of the queue record. */
  private static RunRejected refusal(
      ConsumerRecord<String, byte[]> queued, RefusedBy by, String reason) {
    return new RunRejected(
        1,
        queued.key(),
        Instant.ofEpochMilli(queued.timestamp()),
        "extend",
        "extend: " + reason,
        true,
        by);
  }

  private static void awaitRejections(String run, int count) {
    awaitUntil("/runs/" + run, json -> json.getList("rejections").size() == count);
  }

  private static void awaitExtending(String run, boolean extending) {
    awaitTrue("select extending = " + extending + " from run where run = '" + run + "'");
  }

  @Test
  void anExtensionRefusedByTheTrainerNoLongerWaits() {
    complete("refusals-1");
    extend("refusals-1", 4);
    awaitExtending("refusals-1", true);
    ConsumerRecord<String, byte[]> queued = queued("refusals-1", 1);
    RunRejected refusal = refusal(queued, RefusedBy.TRAINER, "no checkpoint");

    publisher.events(refusal);

    awaitExtending("refusals-1", false);
    assertThat(get("/runs/refusals-1").getString("state")).isEqualTo("COMPLETED");
    given().delete("/runs/refusals-1").then().statusCode(409);

    // Its events, repeated as after a restart, neither revive it nor undo the next extension.
    List<RunQueued> before =
        records(Topics.TRAINING_EVENTS, "refusals-1").stream()
            .map(record -> Messages.read(record.value(), TrainingEvent.class))
            .filter(RunQueued.class::isInstance)
            .map(RunQueued.class::cast)
            .toList();
    assertThat(before).hasSize(1);
    publisher.events(before);
    publisher.events(refusal(queued, RefusedBy.TRAINER, "told twice"));
    awaitRejections("refusals-1", 2);
    awaitExtending("refusals-1", false);
    extend("refusals-1", 5);
    publisher.events(refusal);
    publisher.events(refusal(queued, RefusedBy.TRAINER, "told late"));
    awaitRejections("refusals-1", 3);
    awaitExtending("refusals-1", true);
    given().delete("/runs/refusals-1").then().statusCode(202);
  }

  @Test
  void aRefusalByAdmissionDoesNotEndTheWaitingExtension() {
    complete("refusals-2");
    extend("refusals-2", 4);
    ConsumerRecord<String, byte[]> queued = queued("refusals-2", 1);

    publisher.request("refusals-2", longer("refusals-2", 5));
    awaitRejections("refusals-2", 1);
    publisher.events(refusal(queued, null, "of an earlier version, which does not tell"));
    awaitRejections("refusals-2", 2);

    awaitExtending("refusals-2", true);
    assertThat(
            records(Topics.TRAINING_EVENTS, "refusals-2").stream()
                .map(record -> Messages.read(record.value(), TrainingEvent.class))
                .filter(RunRejected.class::isInstance)
                .map(event -> ((RunRejected) event).refusedBy()))
        .containsExactly(RefusedBy.DESK, null);
  }

  @Test
  void aSearchWaitsForItsOwnExtensionEvenIfAUsersExtensionIsRefused() throws Exception {
    String trial = "patient-base-0";
    try (var trainer = searching("patient", trial)) {
      publisher.request("patient-base", Events.searchRequest("patient", "asha", 9, 4));
      awaitExtending(trial, true);
      ConsumerRecord<String, byte[]> queued = queued(trial, 2);
      TrainingRequest waiting = Messages.readRequest(queued.value());

      publisher.request(trial, longerThan(queued));
      awaitRejections(trial, 1);
      controller.pass();
      awaitTrue(
          "select looked_at > (select max(at) from rejection) from adaptive"
              + " where base = 'patient-base'");

      assertThat(get("/experiments/patient").getString("search.trials[0].status"))
          .as("the search does not mistake the refused extension for its own")
          .isEqualTo("training");
      publisher.eventsUnder(2, SearchTest.completes(waiting, 1).toArray(TrainingEvent[]::new));
      SearchTest.awaitEnd("patient-base", "finished");
      assertThat(trainer.taken()).contains(waiting);
    }
    // The service may still return a cached answer.
    awaitUntil(
        "/experiments/patient",
        view -> "finished".equals(view.getString("search.trials[0].status")));
  }

  @Test
  void aSearchContinuesWithoutATrialWhoseExtensionTheTrainerRefuses() throws Exception {
    String trial = "bereft-base-0";
    try (var trainer = searching("bereft", trial)) {
      publisher.request("bereft-base", Events.searchRequest("bereft", "asha", 9, 4));
      awaitExtending(trial, true);

      publisher.events(refusal(queued(trial, 2), RefusedBy.TRAINER, "no checkpoint"));

      SearchTest.awaitEnd("bereft-base", "finished");
      assertThat(trainer.taken())
          .filteredOn(request -> request.run().equals(trial))
          .as("the extension is requested once")
          .hasSize(2);
    }
    assertThat(get("/experiments/bereft").getString("search.trials[0].stopped"))
        .endsWith("its extension was rejected");
    awaitExtending(trial, false);
  }

  /** A trainer that leaves the first extension of a trial on the queue. */
  private static PlayedTrainer searching(String experiment, String trial) {
    return SearchTest.trainer(
        experiment,
        request ->
            request.run().equals(trial) && request.isExtension() && request.epochs() == 3
                ? SearchTest.Life.WAITS
                : SearchTest.Life.COMPLETES);
  }

  /** An extension of the same trial to another number of epochs. */
  private static byte[] longerThan(ConsumerRecord<String, byte[]> queued) {
    return new String(queued.value(), StandardCharsets.UTF_8)
        .replace("\"epochs\":3", "\"epochs\":7")
        .getBytes(StandardCharsets.UTF_8);
  }
}
