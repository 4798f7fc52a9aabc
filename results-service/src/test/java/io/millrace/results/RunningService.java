package io.millrace.results;

import static io.restassured.RestAssured.when;
import static org.awaitility.Awaitility.await;

import io.restassured.path.json.JsonPath;
import io.restassured.path.json.config.JsonPathConfig;
import io.restassured.path.json.config.JsonPathConfig.NumberReturnType;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** Base class for tests of the running service, with a publisher to the topics that it reads. */
abstract class RunningService {
  static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final JsonPathConfig DOUBLES =
      JsonPathConfig.jsonPathConfig().numberReturnType(NumberReturnType.DOUBLE);

  static Publisher publisher;

  @BeforeAll
  static void connect() {
    publisher = new Publisher(Infrastructure.bootstrapServers());
  }

  @BeforeEach
  void awaitReadiness() {
    await().atMost(PATIENCE).until(() -> when().get("/q/health/ready").statusCode() == 200);
  }

  @AfterAll
  static void disconnect() {
    publisher.close();
  }

  static JsonPath get(String path) {
    return when().get(path).then().statusCode(200).extract().jsonPath(DOUBLES);
  }

  static JsonPath awaitState(String run, String state) {
    return awaitUntil("/runs/" + run, json -> state.equals(json.getString("state")));
  }

  static JsonPath awaitUntil(String path, Predicate<JsonPath> holds) {
    var last = new AtomicReference<String>();
    return await()
        .atMost(PATIENCE)
        .until(
            () -> {
              var response = when().get(path);
              String body = response.asString();
              // JsonPath compiles an expression each time it is used, so an unchanged body is
              // skipped.
              return response.statusCode() == 200 && !body.equals(last.getAndSet(body))
                  ? JsonPath.from(body).using(DOUBLES)
                  : null;
            },
            json -> json != null && holds.test(json));
  }

  /** All records of a key that are on the topic now. */
  static List<ConsumerRecord<String, byte[]>> records(String topic, String key) {
    return records(topic).stream().filter(record -> key.equals(record.key())).toList();
  }

  /** All committed records of a topic. */
  static List<ConsumerRecord<String, byte[]>> records(String topic) {
    var found = new ArrayList<ConsumerRecord<String, byte[]>>();
    try (var consumer =
        new KafkaConsumer<>(
            Map.<String, Object>of(
                "bootstrap.servers",
                Infrastructure.bootstrapServers(),
                "isolation.level",
                "read_committed",
                // Committing the offsets of a group takes most of a second.
                "enable.auto.commit",
                false,
                "fetch.max.wait.ms",
                20),
            new StringDeserializer(),
            new ByteArrayDeserializer())) {
      var partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        consumer.poll(Duration.ofMillis(200)).forEach(found::add);
      }
    }
    return found;
  }

  /** Waits until a query of the database returns true. */
  static void awaitTrue(String sql) {
    await().atMost(PATIENCE).until(() -> text(sql), "t"::equals);
  }

  static String text(String sql) throws SQLException {
    try (var database = Infrastructure.database();
        var statement = database.createStatement();
        var found = statement.executeQuery(sql)) {
      return found.next() ? found.getString(1) : null;
    }
  }

  static void execute(String sql) throws SQLException {
    try (var database = Infrastructure.database();
        var statement = database.createStatement()) {
      statement.execute(sql);
    }
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The sum of a metric's samples. */
  static double metric(String name) {
    return when()
        .get("/q/metrics")
        .asString()
        .lines()
        .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}
