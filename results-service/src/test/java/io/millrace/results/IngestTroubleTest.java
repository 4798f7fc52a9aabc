package io.millrace.results;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasEntry;

import io.millrace.contracts.event.TrainingEvent;
import io.millrace.messaging.Topics;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** How the service handles bad records, and an outage of the database or the broker. */
@QuarkusTest
@QuarkusTestResource(Infrastructure.class)
class IngestTroubleTest extends RunningService {
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
  void onlyCharactersThatPostgresqlCannotStoreAreReplaced() {
    String unpaired = "\ud800 alone, \udc00\ud800 the wrong way round, at the end \udfff";
    String valid = " \u00e9\u4e2d\ud83d\ude00 \\u0000 \\\\ud800 \" \n \\";
    Events events = Events.ofImages("text-1", "text", "plain", 1);
    publisher.events(events.started(), events.failed(valid + unpaired));

    JsonPath run = awaitState("text-1", "FAILED");

    assertThat(run.getString("reason"))
        .isEqualTo(valid + "\ufffd alone, \ufffd\ufffd the wrong way round, at the end \ufffd");
  }

  @Test
  void aBatchRefusedByTheDatabaseLosesOnlyTheFaultyEvent() {
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

  @Test
  void noEventsAreLostWhileTheDatabaseIsDown() throws Exception {
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
  void theServiceIsNotReadyWhileTheBrokerIsDownAndResumesAfterwards() throws Exception {
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

  private static String reason(ConsumerRecord<String, byte[]> letter) {
    return new String(
        letter.headers().lastHeader(Topics.DLQ_REASON).value(), StandardCharsets.UTF_8);
  }

  /** Random letters, because PostgreSQL would compress a regular text. */
  private static String tooLongForAnIndex() {
    return new Random(1)
        .ints(20_000, 'a', 'z' + 1)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
