package io.millrace.results;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.millrace.contracts.dataset.DatasetAnnouncement;
import io.millrace.contracts.dataset.DatasetKind;
import io.millrace.contracts.dataset.LeftOut;
import io.millrace.contracts.dataset.LeftOutCause;
import io.millrace.contracts.event.TrainingCommand;
import io.millrace.contracts.event.TrainingEvent;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.messaging.Topics;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

/** Admission of requests from Kafka and HTTP, without a trainer. */
@QuarkusTest
@QuarkusTestResource(Infrastructure.class)
class AdmissionTest extends RunningService {
  private static final String PLAIN =
      new String(Events.imageRequest(null, "desk", "plain", 1), StandardCharsets.UTF_8);

  @Test
  void anAcceptedRequestIsQueuedOnceWithEveryDefaultFilledIn() {
    publisher.request("desk-1", bytes(PLAIN));
    publisher.request("desk-1", bytes(PLAIN));
    awaitState("desk-1", "QUEUED");
    publisher.request("desk-1-after", bytes(PLAIN));
    awaitState("desk-1-after", "QUEUED");

    List<ConsumerRecord<String, byte[]>> queued = queued(Topics.TRAINING_QUEUE, "desk-1", 1);
    TrainingRequest request = Messages.readRequest(queued.get(0).value());
    assertThat(request.run()).isEqualTo("desk-1");
    assertThat(request.batchSize()).isEqualTo(32);
    long requestedAt = Long.parseLong(header(queued.get(0), Topics.REQUESTED_AT));
    ConsumerRecord<String, byte[]> first = records(Topics.TRAINING_REQUESTS, "desk-1").get(0);
    assertThat(requestedAt).as("the time of its record").isEqualTo(first.timestamp());
    assertThat(queued.get(0).headers().lastHeader(Topics.SUCCESSOR_OF)).isNull();
    assertThat(events("desk-1", TrainingEvent.RunQueued.class)).hasSize(1);
  }

  @Test
  void aRunGoesToTheQueueOfItsPriority() {
    publisher.request(
        "urgent-1", bytes(PLAIN.replace("\"epochs\"", "\"priority\": 2, \"epochs\"")));
    awaitState("urgent-1", "QUEUED");

    queued(Topics.queue(2), "urgent-1", 1);
    assertThat(records(Topics.TRAINING_QUEUE, "urgent-1")).isEmpty();
  }

  @Test
  void seedsAndSweepsAreAcceptedOnTheRequestsTopicAndTheOldSweepsTopic() {
    String grid =
        PLAIN
            .replace("\"seed\": 1", "\"seeds\": 2")
            .replace("\"epochs\": 2", "\"epochs\": {\"sweep\": [1, 2]}");
    for (String topic : List.of(Topics.TRAINING_REQUESTS, Topics.TRAINING_SWEEPS)) {
      publisher.raw(topic, "of-" + topic, bytes(grid));
    }

    for (String topic : List.of(Topics.TRAINING_REQUESTS, Topics.TRAINING_SWEEPS)) {
      for (int i = 0; i < 4; i++) {
        awaitState("of-" + topic + "-" + i, "QUEUED");
      }
      TrainingRequest third =
          Messages.readRequest(
              queued(Topics.TRAINING_QUEUE, "of-" + topic + "-2", 1).get(0).value());
      assertThat(third.variant()).isEqualTo("plain_epochs-2");
      assertThat(third.seed()).isZero();
    }
  }

  @Test
  void aSweepWithOneInvalidRunIsRejectedAsAWhole() {
    publisher.request(
        "half-bad", bytes(PLAIN.replace("\"epochs\": 2", "\"epochs\": {\"sweep\": [1, 0]}")));

    JsonPath refused = awaitState("half-bad", "REJECTED");
    assertThat(refused.getString("rejections[0].field")).isEqualTo("epochs");
    assertThat(refused.getString("reason")).contains("epochs-0");
    given().get("/runs/half-bad-0").then().statusCode(404);
  }

  @Test
  void invalidRequestsAreRejectedWithTheirFieldAndReason() {
    announce();
    publisher.request("taken", bytes(PLAIN));
    awaitState("taken", "QUEUED");

    publisher.request("mistyped", bytes(PLAIN.replace("\"epochs\"", "\"epocs\"")));
    publisher.request("no-json", bytes("this is not JSON"));
    publisher.request("no-dataset", bytes(PLAIN.replace("fashion-mnist", "fashion-minst")));
    publisher.request(
        "no-column",
        bytes(
            new String(Events.seriesRequest("no-column", "desk", "plain", 1))
                .replace("NINO3.4", "NINO5")));
    publisher.request("no-target", ofTable("\"columns\":[\"NINO3.4\"],\"target\":\"NINO5\""));
    publisher.request(
        "no-names",
        ofTable(
            "\"columns\":[\"NINO3.4\",\"rain\"],\"categorical\":[\"rain\"],"
                + "\"target\":\"NINO3.4\""));
    publisher.request("no-label", ofTable("\"columns\":[\"NINO3.4\"],\"label\":\"rain\""));
    publisher.request("no-row-target", ofTable("\"target\":\"rain\""));
    publisher.request(
        "rows-of-images",
        bytes(new String(ofTable("\"target\":\"a\"")).replace("el-nino", "fashion-mnist")));
    publisher.request("no-fit", bytes(PLAIN.replace("\"units\": 10", "\"units\": 11")));
    publisher.request("my run/1", bytes(PLAIN));
    publisher.request("empty", new byte[0]);
    publisher.request("null", null);
    publisher.request("oversized", new byte[Messages.MAX_BYTES + 1]);
    publisher.request("version", bytes(PLAIN.replace("\"epochs\"", "\"version\": 2, \"epochs\"")));
    publisher.request("taken", bytes(PLAIN.replace("\"seed\": 1", "\"seed\": 2")));

    assertThat(
            check(bytes(PLAIN.replace("fashion-mnist", "fashion-minst")))
                .statusCode(400)
                .extract()
                .jsonPath()
                .getString("field"))
        .isEqualTo("dataset.name");

    refused("mistyped", "epocs", "is not a field here");
    refused("no-json", null, "not JSON");
    refused("no-dataset", "dataset.name", "'fashion-minst' is not a data set here; give one of");
    refused("no-column", "dataset.column", "'NINO5' is not a numeric column");
    refused("no-target", "dataset.target[0]", "'NINO5' is not a numeric column");
    refused(
        "no-names",
        "dataset.columns[1]",
        "'rain' is not a column of this data set; give one of NINO3");
    refused("no-label", "dataset.label", "'rain' is not a column of this data set");
    refused("no-row-target", "dataset.target", "'rain' is not a column of this data set");
    refused("rows-of-images", "dataset.target", "'fashion-mnist' has images; remove the fields of");
    refused("no-fit", "model.layers[1].units", "does not match the 10 classes");
    refused("empty", null, "empty");
    refused("null", null, "empty");
    refused("oversized", null, "give at most");
    refused("version", "version", "2 is out of range");
    JsonPath taken = awaitUntil("/runs/taken", json -> !json.getList("rejections").isEmpty());
    assertThat(taken.getString("state")).isEqualTo("QUEUED");
    assertThat(taken.getBoolean("rejections[0].conflict")).isTrue();
    ConsumerRecord<String, byte[]> letter =
        await()
            .atMost(PATIENCE)
            .until(
                () -> records(Topics.TRAINING_REQUESTS_DLQ, "my run/1"), found -> !found.isEmpty())
            .get(0);
    assertThat(header(letter, Topics.DLQ_FIELD)).isEqualTo("run");
    assertThat(header(letter, Topics.DLQ_REASON)).contains("'my run/1' is not a run id");
    assertThat(letter.value()).isEqualTo(bytes(PLAIN));
    awaitState(header(letter, Topics.DLQ_RUN), "REJECTED");
  }

  private static void refused(String run, String field, String reason) {
    JsonPath refused = awaitState(run, "REJECTED");
    assertThat(refused.getString("rejections[0].field")).isEqualTo(field);
    assertThat(refused.getString("reason")).contains(reason);
    assertThat(records(Topics.TRAINING_REQUESTS_DLQ, run)).hasSize(1);
    assertThat(records(Topics.TRAINING_QUEUE, run)).isEmpty();
  }

  @Test
  void aRejectedRunKeepsItsRequestAndACorrectedOneIsQueuedUnderTheSameId() {
    publisher.request("mend-1", bytes(PLAIN.replace("\"epochs\"", "\"epocs\"")));
    JsonPath refused = awaitState("mend-1", "REJECTED");
    assertThat(refused.getString("experiment")).isEqualTo("desk");
    assertThat(refused.getString("variant")).isEqualTo("plain");
    assertThat(refused.getInt("request.epocs")).isEqualTo(2);

    publisher.request("mend-1", bytes(PLAIN));
    JsonPath queued = awaitState("mend-1", "QUEUED");
    assertThat(queued.getInt("request.epochs")).isEqualTo(2);
    assertThat(queued.getMap("request")).doesNotContainKey("epocs");
    queued(Topics.TRAINING_QUEUE, "mend-1", 1);
  }

  @Test
  void onlyCommittedRequestsAreQueued() {
    try (var aborted = transaction();
        var late = transaction()) {
      aborted.send(new ProducerRecord<>(Topics.TRAINING_REQUESTS, "aborted-1", bytes(PLAIN)));
      late.send(new ProducerRecord<>(Topics.TRAINING_REQUESTS, "late-commit", bytes(PLAIN)));
      aborted.flush();
      late.flush();
      aborted.abortTransaction();
      given().get("/runs/late-commit").then().statusCode(404);
      late.commitTransaction();
    }
    awaitState("late-commit", "QUEUED");
    // Once these are queued, admission has read every partition beyond the aborted request.
    for (int i = 0; i < 8; i++) {
      publisher.request("beyond-" + i, bytes(PLAIN));
    }
    for (int i = 0; i < 8; i++) {
      awaitState("beyond-" + i, "QUEUED");
    }
    given().get("/runs/aborted-1").then().statusCode(404);
    assertThat(records(Topics.TRAINING_QUEUE, "aborted-1")).isEmpty();
  }

  @Test
  void anAcceptedRunCanBeReadAndCancelledAtOnce() {
    for (int i = 0; i < 5; i++) {
      String run = "at-once-" + i;
      submit(Events.imageRequest(run, "desk", "plain", 1), 202);
      given().get("/runs/" + run).then().statusCode(200);
      given().delete("/runs/" + run).then().statusCode(202);
      assertThat(get("/runs/" + run).getString("state")).isEqualTo("CANCELLED");
      // Admission reads the record later and leaves the state unchanged.
      queued(Topics.TRAINING_QUEUE, run, 1);
      assertThat(get("/runs/" + run).getString("state")).isEqualTo("CANCELLED");
      given().delete("/runs/" + run).then().statusCode(409);
    }
  }

  @Test
  void aCancelCommandOnKafkaCancelsAQueuedRun() {
    publisher.request("kafka-cancel", bytes(PLAIN));
    awaitState("kafka-cancel", "QUEUED");
    publisher.raw(
        Topics.TRAINING_COMMANDS,
        "kafka-cancel",
        Messages.write(new TrainingCommand.Cancel(null, "kafka-cancel")));

    awaitState("kafka-cancel", "CANCELLED");
    await()
        .atMost(PATIENCE)
        .until(() -> !events("kafka-cancel", TrainingEvent.RunCancelled.class).isEmpty());
  }

  @Test
  void aRequestWithNullHeadersIsQueued() {
    var record = new ProducerRecord<>(Topics.TRAINING_REQUESTS, "null-header", bytes(PLAIN));
    record.headers().add(Topics.SUCCESSOR_OF, null).add(Topics.OWNER, null);
    try (var producer = producer(Map.of())) {
      producer.send(record);
    }
    awaitState("null-header", "QUEUED");
    assertThat(queued(Topics.TRAINING_QUEUE, "null-header", 1).get(0).headers())
        .extracting(Header::key)
        .doesNotContain(Topics.SUCCESSOR_OF);
  }

  @Test
  void aRequestIsCheckedWithoutBeingPublished() {
    byte[] request = Events.imageRequest("check-1", "desk", "plain", 1);
    assertThat(check(request).statusCode(200).extract().jsonPath().getList("runs", String.class))
        .containsExactly("check-1");
    check(bytes(new String(request).replace("\"epochs\"", "\"epocs\""))).statusCode(400);
    given().get("/runs/check-1").then().statusCode(404);
    assertThat(records(Topics.TRAINING_REQUESTS, "check-1")).isEmpty();

    submit(request, 202);
    check(request).statusCode(200);
    check(Events.imageRequest("check-1", "desk", "plain", 2)).statusCode(409);
  }

  private static ValidatableResponse check(byte[] request) {
    return given().contentType("application/json").body(request).post("/runs/check").then();
  }

  @Test
  void aCompletedRunCanBeExtendedButNotAnUnknownOrRunningOne() {
    String longer = PLAIN.replace("\"epochs\": 2", "\"epochs\": 4, \"extend\": true");
    publisher.request("no-such-run", bytes(longer));
    JsonPath unknown = awaitState("no-such-run", "REJECTED");
    assertThat(unknown.getString("rejections[0].field")).isEqualTo("extend");
    assertThat(unknown.getString("reason")).contains("is not a known run");

    Events events = Events.ofImages("longer-1", "desk", "plain", 1);
    publisher.events(events.started());
    awaitState("longer-1", "RUNNING");
    submit(longer, "longer-1", 409);
    publisher.events(events.imageLife(0.5, 1.0, 0.9));
    awaitState("longer-1", "COMPLETED");
    submit(longer.replace("\"seed\": 1", "\"seed\": 2"), "longer-1", 409);
    submit(longer.replace("\"epochs\": 4", "\"epochs\": 1"), "longer-1", 409);

    submit(longer, "longer-1", 202);
    queued(Topics.TRAINING_QUEUE, "longer-1", 1);
    assertThat(get("/runs/longer-1").getString("state")).isEqualTo("COMPLETED");
    submit(longer.replace("\"epochs\": 4", "\"epochs\": 5"), "longer-1", 409);
    given().delete("/runs/longer-1").then().statusCode(202);
    given().delete("/runs/longer-1").then().statusCode(409);
  }

  @Test
  void aRefusedExtensionDoesNotAffectTheOneAlreadyWaiting() {
    String longer = PLAIN.replace("\"epochs\": 2", "\"epochs\": 4, \"extend\": true");
    publisher.events(Events.ofImages("extends-1", "desk", "plain", 1).imageLife(0.5, 1.0, 0.9));
    awaitState("extends-1", "COMPLETED");
    submit(longer, "extends-1", 202);
    awaitTrue("select extending from run where run = 'extends-1'");

    publisher.request("extends-1", bytes(longer.replace("\"epochs\": 4", "\"epochs\": 5")));
    await().atMost(PATIENCE).until(() -> get("/runs/extends-1").getList("rejections").size() == 1);
    awaitTrue("select extending from run where run = 'extends-1'");
    given().delete("/runs/extends-1").then().statusCode(202);
  }

  private static void submit(String request, String run, int status) {
    submit(bytes(request.replaceFirst("\\{", "{\"run\": \"" + run + "\", ")), status);
  }

  private static void submit(byte[] request, int status) {
    given().contentType("application/json").body(request).post("/runs").then().statusCode(status);
  }

  private static byte[] ofTable(String columns) {
    return bytes(
        """
        {"dataset":{"name":"el-nino",%s},"loss":"mse",
         "model":{"layers":[{"type":"Flatten"},{"type":"Dense","units":1}]}}
        """
            .formatted(columns));
  }

  /** Announces data sets as an augmentation service does, and waits until they are listed. */
  static void announce() {
    Instant now = Instant.now();
    List<String> classes = List.of("a", "b", "c", "d", "e", "f", "g", "h", "i", "j");
    var images =
        new DatasetAnnouncement(
            1,
            "fashion-mnist",
            "augmenter-1",
            now,
            DatasetKind.IMAGES,
            classes,
            null,
            List.of(28, 28, 1),
            null,
            null,
            10_000L,
            null,
            null,
            0,
            "ab".repeat(32),
            null,
            null,
            List.of(new LeftOut(LeftOutCause.OTHER_ENDING, 1, List.of("a/notes.txt"))),
            List.of("one class has ten times the images of another"),
            null);
    var series =
        new DatasetAnnouncement(
            1,
            "el-nino",
            "augmenter-1",
            now,
            DatasetKind.SERIES,
            null,
            null,
            null,
            List.of("NINO3.4"),
            List.of("date"),
            800L,
            "1950-01",
            "2020-12",
            0,
            "cd".repeat(32),
            null,
            null,
            null,
            null,
            List.of("wind"));
    for (DatasetAnnouncement announcement : List.of(images, series)) {
      publisher.raw(Topics.DATASETS, announcement.key(), Messages.write(announcement));
    }
    awaitUntil("/datasets", json -> json.getList("datasets").size() == 2);
    given()
        .get("/datasets/fashion-mnist")
        .then()
        .body("left_out[0].cause", equalTo("other_ending"))
        .body("left_out[0].files", equalTo(List.of("a/notes.txt")))
        .body("warnings", equalTo(List.of("one class has ten times the images of another")));
  }

  private static List<ConsumerRecord<String, byte[]>> queued(String topic, String run, int count) {
    List<ConsumerRecord<String, byte[]>> found =
        await().atMost(PATIENCE).until(() -> records(topic, run), all -> all.size() >= count);
    assertThat(found).hasSize(count);
    return found;
  }

  private static <E extends TrainingEvent> List<E> events(String run, Class<E> type) {
    return records(Topics.TRAINING_EVENTS, run).stream()
        .map(record -> Messages.read(record.value(), TrainingEvent.class))
        .filter(type::isInstance)
        .map(type::cast)
        .toList();
  }

  private static KafkaProducer<String, byte[]> transaction() {
    KafkaProducer<String, byte[]> producer =
        producer(Map.of("transactional.id", "test-" + UUID.randomUUID()));
    producer.initTransactions();
    producer.beginTransaction();
    return producer;
  }

  private static KafkaProducer<String, byte[]> producer(Map<String, Object> more) {
    var settings = new HashMap<String, Object>(more);
    settings.put("bootstrap.servers", Infrastructure.bootstrapServers());
    return new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
  }

  private static String header(ConsumerRecord<?, ?> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }
}
