package io.millrace.results;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.contracts.json.Messages;
import io.millrace.messaging.Topics;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

/** How a bad record or a database error affects the requests after it. */
@QuarkusTest
@QuarkusTestResource(Infrastructure.class)
class AdmissionTroubleTest extends RunningService {
  private static final String LAG = "millrace_results_desk_lag_records ";
  private static final String UNDECODABLE =
      "millrace_results_records_skipped_total{reason=\"undecodable\",topic=\"training-events\"} ";

  @Test
  void aRequestThatKeepsFailingIsRejectedAfterThreeTriesAndTheNextIsQueued() throws Exception {
    byte[] request = Events.imageRequest("unforeseen-1", "trouble", "plain", 1);
    try (Connection database = Infrastructure.database();
        Statement statement = database.createStatement()) {
      statement.execute("create sequence tries");
      statement.execute(
          "create function refuse() returns trigger language plpgsql as"
              + " $$ begin perform nextval('tries'); raise 'broken on purpose'; end $$");
      statement.execute(
          "create trigger refuse before insert on run for each row"
              + " when (new.run = 'unforeseen-1' and new.state = 'QUEUED')"
              + " execute function refuse()");
      try {
        publisher.request("unforeseen-1", request);
        publisher.request(
            "unforeseen-1", Events.imageRequest("unforeseen-2", "trouble", "plain", 1));

        JsonPath answered = awaitState("unforeseen-1", "REJECTED");
        assertThat(answered.getString("reason"))
            .startsWith("unexpected error in the results service")
            .endsWith("see its log");
        assertThat(answered.getString("rejections[0].field")).isNull();
        awaitState("unforeseen-2", "QUEUED");
        assertThat(tries(statement)).isEqualTo(3);
      } finally {
        statement.execute("drop function refuse() cascade");
        statement.execute("drop sequence tries");
      }
    }

    List<ConsumerRecord<String, byte[]>> letters =
        records(Topics.TRAINING_REQUESTS_DLQ, "unforeseen-1");
    assertThat(letters).hasSize(1);
    assertThat(letters.get(0).value()).isEqualTo(request);
    assertThat(header(letters.get(0), Topics.DLQ_REASON)).contains("unexpected error");
    assertThat(header(letters.get(0), Topics.DLQ_RUN)).isEqualTo("unforeseen-1");
    assertThat(records(Topics.TRAINING_QUEUE, "unforeseen-1")).isEmpty();
    long published = records(Topics.TRAINING_REQUESTS, "unforeseen-1").get(0).timestamp();
    assertThat(letters.get(0).timestamp() - published)
        .as("milliseconds until the dead letter, with pauses of 0.2, 0.4 and 0.8 s")
        .isGreaterThan(1_300);
    when().get("/q/health").then().statusCode(200);
  }

  private static long tries(Statement statement) throws SQLException {
    try (var row = statement.executeQuery("select last_value from tries")) {
      row.next();
      return row.getLong(1);
    }
  }

  @Test
  void nullHeadersAndDeepNestingDoNotBlockTheNextRecords() {
    double undecodable = counter(UNDECODABLE);
    try (var producer = producer()) {
      var claim = new ProducerRecord<>(Topics.TRAINING_EVENTS, "ghost-1", bytes(GHOST));
      claim.headers().add(Topics.CLAIM, null);
      producer.send(claim);
      producer.send(new ProducerRecord<>(Topics.TRAINING_REQUESTS, "deep-1", nested(495)));
      var successor =
          new ProducerRecord<>(
              Topics.TRAINING_REQUESTS,
              "successor-1",
              Events.imageRequest("successor-1", "trouble", "long", 1));
      successor.headers().add(Topics.SUCCESSOR_OF, null);
      producer.send(successor);
      producer.send(
          new ProducerRecord<>(
              Topics.TRAINING_EVENTS,
              "ghost-1",
              Messages.write(Events.ofImages("ghost-2", "trouble", "plain", 1).started())));
      producer.send(
          new ProducerRecord<>(
              Topics.TRAINING_REQUESTS,
              "deep-1",
              Events.imageRequest("deep-2", "trouble", "plain", 1)));
    }

    awaitState("ghost-2", "RUNNING");
    awaitState("deep-2", "QUEUED");
    awaitState("successor-1", "QUEUED");
    JsonPath deep = awaitState("deep-1", "REJECTED");
    assertThat(deep.getString("reason")).contains("nested more than 64 levels deep");
    assertThat(records(Topics.TRAINING_REQUESTS_DLQ, "deep-1"))
        .extracting(ConsumerRecord::value)
        .containsExactly(nested(495));
    given().get("/runs/ghost-1").then().statusCode(404);
    assertThat(counter(UNDECODABLE)).isGreaterThanOrEqualTo(undecodable + 1);
    when().get("/q/health/live").then().statusCode(200);
    when().get("/q/health/ready").then().statusCode(200);
  }

  private static final String GHOST =
      "{\"type\":\"run-failed\",\"version\":1,\"run\":\"ghost-1\",\"at\":\"2026-11-29T09:00:00Z\","
          + "\"reason\":\"x\"}";

  /** A request with nested transforms. With 17 KB, it once overflowed the stack. */
  private static byte[] nested(int depth) {
    return bytes(
        "{\"run\":\"deep-1\",\"experiment\":\"trouble\",\"dataset\":{\"name\":\"fashion-mnist\"},"
            + "\"augmentation\":{\"transforms\":["
            + "{\"type\":\"sequence\",\"transforms\":[".repeat(depth)
            + "{\"type\":\"cutout\"}"
            + "]}".repeat(depth)
            + "]},\"model\":{\"layers\":[{\"type\":\"Flatten\"}]},\"loss\":\"mse\"}");
  }

  @Test
  void aMetricReportsHowManyRequestsWaitForAdmission() throws Exception {
    double before = restingLag();
    try (Connection database = Infrastructure.database();
        Statement statement = database.createStatement()) {
      database.setAutoCommit(false);
      // Admission waits for the lock.
      statement.execute("lock table run in exclusive mode");
      for (int i = 0; i < 3; i++) {
        publisher.request("waits-" + i, Events.imageRequest("waits-" + i, "trouble", "plain", i));
      }
      await().atMost(PATIENCE).until(() -> valueOf(LAG) >= before + 3);
      database.rollback();
    }

    for (int i = 0; i < 3; i++) {
      awaitState("waits-" + i, "QUEUED");
    }
    await().atMost(PATIENCE).until(() -> valueOf(LAG) <= before);
  }

  /**
   * The lag once all requests of other tests are answered. It counts the end markers of
   * transactions.
   */
  private static double restingLag() {
    var last = new AtomicReference<>(Double.NaN);
    await()
        .during(Duration.ofSeconds(5))
        .atMost(PATIENCE)
        .until(() -> valueOf(LAG), now -> last.getAndSet(now).equals(now) && !now.isNaN());
    return last.get();
  }

  /** A counter's value; 0 if it has no sample yet. */
  private static double counter(String sample) {
    double value = valueOf(sample);
    return Double.isNaN(value) ? 0 : value;
  }

  /** The value of the first sample that starts with this text; NaN if there is none. */
  private static double valueOf(String sample) {
    return when()
        .get("/q/metrics")
        .asString()
        .lines()
        .filter(line -> line.startsWith(sample))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .findFirst()
        .orElse(Double.NaN);
  }

  private static KafkaProducer<String, byte[]> producer() {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", Infrastructure.bootstrapServers()),
        new StringSerializer(),
        new ByteArraySerializer());
  }

  private static String header(ConsumerRecord<?, ?> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }
}
