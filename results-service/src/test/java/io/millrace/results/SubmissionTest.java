package io.millrace.results;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contracts.event.TrainingCommand;
import io.millrace.contracts.json.Messages;
import io.millrace.messaging.Topics;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Requests over HTTP, and the records that the service publishes for them. */
@QuarkusTest
@QuarkusTestResource(Infrastructure.class)
class SubmissionTest extends RunningService {
  @Test
  void aSubmittedRequestIsPublishedOnceAndQueued() {
    byte[] request = Events.imageRequest("post-1", "post", "plain", 1);

    JsonPath answer =
        submit(request)
            .statusCode(202)
            .header("Location", endsWith("/runs/post-1"))
            .extract()
            .jsonPath();
    assertThat(answer.getString("run")).isEqualTo("post-1");
    assertThat(answer.getList("runs")).containsExactly("post-1");
    awaitState("post-1", "QUEUED");

    submit(request).statusCode(202);
    publisher.events(Events.ofImages("post-1", "post", "plain", 1).started());
    awaitState("post-1", "RUNNING");
    submit(request).statusCode(202);
    assertThat(records(Topics.TRAINING_REQUESTS, "post-1")).hasSize(1);

    JsonPath conflict =
        submit(Events.imageRequest("post-1", "post", "plain", 2))
            .statusCode(409)
            .extract()
            .jsonPath();
    assertThat(conflict.getString("field")).isEqualTo("run");
    assertThat(records(Topics.TRAINING_REQUESTS, "post-1")).hasSize(1);
  }

  @Test
  void aRequestWithoutAnIdGetsOne() {
    String run =
        submit(Events.imageRequest(null, "fresh", "plain", 1))
            .statusCode(202)
            .extract()
            .jsonPath()
            .getString("run");

    assertThat(run).matches("fresh-plain-[0-9a-f]{8}");
    awaitState(run, "QUEUED");
  }

  @Test
  void anInvalidRequestIsRefusedWithItsFieldAndNotPublished() {
    String request =
        new String(Events.imageRequest("bad-1", "bad", "plain", 1), StandardCharsets.UTF_8);
    Map<String, String> fields =
        Map.of(
            request.replace("\"epochs\": 2", "\"epocs\": 2"), "epocs",
            request.replace("\"epochs\": 2", "\"epochs\": 0"), "epochs",
            request.replace("\"units\": 10", "\"units\": \"ten\""), "model.layers[1].units",
            request.replace("\"epochs\": 2", "\"seeds\": 0"), "seeds");
    fields.forEach(
        (bad, field) ->
            assertThat(
                    submit(bad.getBytes(StandardCharsets.UTF_8))
                        .statusCode(400)
                        .extract()
                        .jsonPath()
                        .getString("field"))
                .isEqualTo(field));
    submit("this is not JSON".getBytes(StandardCharsets.UTF_8)).statusCode(400);
    submit(new byte[0]).statusCode(400);
    given().contentType("text/plain").body("x").post("/runs").then().statusCode(415);

    assertThat(records(Topics.TRAINING_REQUESTS, "bad-1")).isEmpty();
  }

  @Test
  void aTooLargeBodyIsRefusedWhetherOrNotItsLengthIsDeclared() throws Exception {
    int tooMany = 4 * 1_024 * 1_024 + 1;
    // The head is enough: the service does not wait for a body that it will not read.
    String declared = answerTo("Content-Length: " + tooMany, "");
    // The final chunk is not sent: if it stayed unread, the connection could end with a reset.
    String undeclared =
        answerTo(
            "Transfer-Encoding: chunked",
            Integer.toHexString(tooMany) + "\r\n" + "x".repeat(tooMany));

    String empty = answerTo("Connection: close\r\nTransfer-Encoding: chunked", "0\r\n\r\n");
    assertThat(empty).startsWith("HTTP/1.1 400 ");
    assertThat(List.of(declared, undeclared))
        .allSatisfy(
            answer ->
                assertThat(answer)
                    .startsWith("HTTP/1.1 413 ")
                    .containsIgnoringCase("content-type: application/problem+json")
                    .contains("\"status\":413", "give at most 4194304 bytes"));
  }

  /** Sends a request, and returns everything until the service closes the connection. */
  private static String answerTo(String header, String body) throws IOException {
    try (var socket = new Socket("localhost", RestAssured.port)) {
      socket.setSoTimeout((int) PATIENCE.toMillis());
      socket
          .getOutputStream()
          .write(
              ("POST /runs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                      + header
                      + "\r\n\r\n"
                      + body)
                  .getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
  }

  @Test
  void aSweepIsPublishedAsOneRecordAndAllItsRunsAreQueued() {
    byte[] sweep =
        new String(Events.imageRequest("grid", "grid", "plain", 1), StandardCharsets.UTF_8)
            .replace("\"seed\": 1", "\"seeds\": 2")
            .replace("\"epochs\": 2", "\"epochs\": {\"sweep\": [1, 2]}")
            .getBytes(StandardCharsets.UTF_8);

    JsonPath answer = submit(sweep).statusCode(202).extract().jsonPath();

    assertThat(answer.getString("run")).isEqualTo("grid");
    assertThat(answer.getList("runs")).containsExactly("grid-0", "grid-1", "grid-2", "grid-3");
    answer.getList("runs", String.class).forEach(run -> awaitState(run, "QUEUED"));
    JsonPath third = when().get("/runs/grid-2").jsonPath();
    assertThat(third.getString("variant")).isEqualTo("plain_epochs-2");
    assertThat(third.getInt("seed")).isZero();
    assertThat(third.getInt("epochs")).isEqualTo(2);
    assertThat(when().get("/experiments/grid").jsonPath().getList("variants.variant"))
        .containsExactlyInAnyOrder("plain_epochs-1", "plain_epochs-2");

    // The same sweep publishes nothing new, and a changed sweep is a conflict.
    submit(sweep).statusCode(202);
    assertThat(records(Topics.TRAINING_REQUESTS, "grid")).hasSize(1);
    submit(
            new String(sweep, StandardCharsets.UTF_8)
                .replace("[1, 2]", "[3, 2]")
                .getBytes(StandardCharsets.UTF_8))
        .statusCode(409);
  }

  @Test
  void aRunningRunIsCancelledButNotAnEndedOrUnknownOne() {
    Events events = Events.ofImages("stop-1", "stop", "plain", 1);
    publisher.events(events.started());
    awaitState("stop-1", "RUNNING");

    given().delete("/runs/stop-1").then().statusCode(202);
    assertThat(records(Topics.TRAINING_COMMANDS, "stop-1"))
        .extracting(record -> Messages.read(record.value(), TrainingCommand.class))
        .containsExactly(new TrainingCommand.Cancel(1, "stop-1"));

    publisher.events(events.cancelled());
    awaitState("stop-1", "CANCELLED");
    given().delete("/runs/stop-1").then().statusCode(409);
    given().delete("/runs/nobody").then().statusCode(404);
    given().delete("/runs/-x").then().statusCode(400);
  }

  @Test
  void aRequestWithAForeignHostNameIsForbidden() {
    given().header("Host", "rebound.example").get("/runs").then().statusCode(403);
    given().header("Host", "localhost:8080").get("/runs").then().statusCode(200);
  }

  @Test
  void theSchemaOfTrainingRequestsIsServed() {
    JsonPath schema =
        when().get("/schema/training-request").then().statusCode(200).extract().jsonPath();
    assertThat(schema.getString("title")).isEqualTo("TrainingRequest");
  }

  private static org.hamcrest.Matcher<String> endsWith(String text) {
    return org.hamcrest.Matchers.endsWith(text);
  }

  private static ValidatableResponse submit(byte[] json) {
    return given().contentType("application/json").body(json).post("/runs").then();
  }
}
