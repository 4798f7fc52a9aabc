package io.millrace.results;

import static io.restassured.RestAssured.given;
import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.messaging.Topics;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** A request without a run id gets one made from its experiment and variant. */
@QuarkusTest
@QuarkusTestResource(Infrastructure.class)
class RequestsWithoutIdTest extends RunningService {
  private static final TopicPartition PARTITION = new TopicPartition(Topics.TRAINING_REQUESTS, 0);

  private static RecordMetadata publish(byte[] request) throws Exception {
    try (var producer =
        new KafkaProducer<>(
            Map.<String, Object>of("bootstrap.servers", Infrastructure.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      return producer
          .send(new ProducerRecord<>(PARTITION.topic(), PARTITION.partition(), null, request))
          .get();
    }
  }

  private static Admin admin() {
    return Admin.create(
        Map.<String, Object>of("bootstrap.servers", Infrastructure.bootstrapServers()));
  }

  private static List<String> queued(String experiment) {
    return records(Topics.TRAINING_QUEUE).stream()
        .map(ConsumerRecord::value)
        .map(value -> Messages.read(value, TrainingRequest.class))
        .filter(request -> request.experiment().equals(experiment))
        .map(TrainingRequest::run)
        .toList();
  }

  @Test
  void aKafkaRequestWithoutAnIdGetsOneFromItsExperimentAndVariant() throws Exception {
    publish(Events.imageRequest(null, "nameless", "plain", 1));

    await().atMost(PATIENCE).until(() -> !queued("nameless").isEmpty());

    String run = queued("nameless").get(0);
    assertThat(run).matches("nameless-plain-[0-9a-f]{8}");
    assertThat(awaitState(run, "QUEUED").getString("variant")).isEqualTo("plain");
  }

  @Test
  void theRunsOfASweepShareTheGeneratedIdAsTheirBase() {
    String sweep =
        new String(Events.imageRequest(null, "nameless-sweep", "plain", 1), StandardCharsets.UTF_8)
            .replace("\"seed\": 1", "\"seeds\": 2");

    var answer =
        given()
            .contentType("application/json")
            .body(sweep)
            .post("/runs")
            .then()
            .statusCode(202)
            .extract()
            .jsonPath();

    String base = answer.getString("run");
    assertThat(base).matches("nameless-sweep-plain-[0-9a-f]{8}");
    assertThat(answer.getList("runs")).containsExactly(base + "-0", base + "-1");
    awaitState(base + "-1", "QUEUED");
  }

  /** An earlier version admitted the record, and ended before it could publish the run. */
  @Test
  void aRecordAdmittedByAnEarlierVersionIsQueuedUnderItsFormerId() throws Exception {
    byte[] request = Events.imageRequest(null, "nameless-before", "plain", 1);
    long offset;
    String place;
    try (var admin = admin()) {
      offset =
          admin
              .listOffsets(Map.of(PARTITION, OffsetSpec.latest()))
              .partitionResult(PARTITION)
              .get()
              .offset();
      place = admin.describeCluster().clusterId().get() + "/" + PARTITION + "@" + offset;
    }
    String former = "run-" + UUID.nameUUIDFromBytes(place.getBytes(StandardCharsets.UTF_8));
    execute(
        "insert into run (run, experiment, variant, seed, state, progress, created_at, queued_at,"
            + " place, request) values ('%s', 'nameless-before', 'plain', 1, 'QUEUED', 1, now(), now(), '%s', '%s')"
                .formatted(
                    former, place, Messages.text(Messages.readRequest(request).withRun(former))));

    assertThat(publish(request).offset()).as("no other publisher is active").isEqualTo(offset);

    await().atMost(PATIENCE).until(() -> !queued("nameless-before").isEmpty());
    assertThat(queued("nameless-before")).containsExactly(former);
    assertThat(when().get("/runs?experiment=nameless-before").jsonPath().getList("runs.run"))
        .containsExactly(former);
  }
}
