package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.contracts.kafka.Topics;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** The whole of Millrace, each part a process of its own, from Kafka to HTTP. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class WholeStackIT {
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private static final String IMAGES =
      """
      {"run": "%s", "experiment": "whole-stack", "variant": "images", "seed": 3,
       "dataset": {"name": "fashion-mnist", "test_fraction": 0.05, "validation_fraction": 0.8},
       "augmentation": {"rotation_range": 10, "zoom_range": 0.1, "horizontal_flip": true},
       "model": {"layers": [
         {"type": "Conv2D", "filters": 4, "kernel_size": 3, "activation": "relu"},
         {"type": "MaxPooling2D", "pool_size": 2},
         {"type": "Flatten"},
         {"type": "Dropout", "rate": 0.2},
         {"type": "Dense", "units": 10, "activation": "softmax"}]},
       "loss": "categorical_crossentropy", "optimizer": {"type": "Adam"}, "metrics": ["acc"],
       "epochs": 3, "batch_size": 100}
      """;

  private static final String SERIES =
      """
      {"run": "%s", "experiment": "whole-stack", "variant": "series", "seed": 3,
       "dataset": {"name": "elnino", "column": "temperature", "window": 12, "test_from": "2000-01"},
       "model": {"layers": [
         {"type": "LSTM", "units": 8, "return_sequences": true},
         {"type": "Dropout", "rate": 0.2},
         {"type": "LSTM", "units": 8},
         {"type": "Dense", "units": 1}]},
       "loss": "mse", "optimizer": {"type": "RMSprop"}, "metrics": ["mae"],
       "epochs": 2, "batch_size": 64}
      """;

  /** A metric that each service must tell. */
  private static final Map<String, String> METRICS =
      Map.of(
          "augmentation", "millrace_augmentation_",
          "trainer", "millrace_trainer_step_seconds",
          "results", "millrace_results_");

  @TempDir static Path folder;
  private static StackSettings settings;
  private static Stack stack;
  private static Results results;

  @BeforeAll
  static void up() throws Exception {
    int port = freePorts(7);
    settings = new StackSettings(port, port + 1, port + 2, port + 3, port + 5, 1, 1, List.of());
    bringUp(settings);
    results = new Results(settings.resultsAddress());
  }

  @AfterAll
  static void down() {
    stack.down(line -> {});
  }

  @Test
  @Order(1)
  void anImageRunAndASeriesRunTrainAndAreRead() throws Exception {
    publish("images-1", IMAGES.formatted("images-1"));
    publish("series-1", SERIES.formatted("series-1"));

    JsonNode images = completed("images-1");
    JsonNode series = completed("series-1");

    assertThat(images.path("experiment").asText()).isEqualTo("whole-stack");
    assertThat(get("/runs/images-1/history").path("epochs")).hasSize(3);
    assertThat(get("/runs/images-1/losses").path("steps")).hasSize(3 * 19);
    JsonNode evaluation = get("/runs/images-1/evaluation");
    assertThat(evaluation.path("metrics").path("acc").asDouble())
        .isGreaterThan(evaluation.path("baseline").path("metrics").path("acc").asDouble());
    assertThat(evaluation.path("confusion").path("matrix")).hasSize(10);
    assertThat(get("/runs/series-1/history").path("epochs")).hasSize(2);
    JsonNode prediction = get("/runs/series-1/evaluation").path("prediction");
    assertThat(prediction.path("truth")).hasSize(132).hasSameSizeAs(prediction.path("predicted"));
    assertThat(series.path("state").asText()).isEqualTo("COMPLETED");
    assertThat(get("/experiments/whole-stack").path("variants")).hasSize(2);
  }

  @Test
  @Order(2)
  void theBatchTopicsAreGoneWhenTheRunsHaveEnded() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(topics())
                    .doesNotContain(Topics.batches("images-1"), Topics.batches("series-1")));
  }

  @Test
  @Order(2)
  void aTypoIsRejectedByNameAndTheRecordIsOnTheDeadLetterTopic() throws Exception {
    String typo = IMAGES.formatted("typo-1").replace("\"optimizer\"", "\"optimzer\"");
    publish("typo-1", typo);
    publish("not-json", "this is not JSON");

    JsonNode run = ended("typo-1");

    assertThat(run.path("state").asText()).isEqualTo("REJECTED");
    assertThat(run.path("reason").asText()).startsWith("optimzer:").contains("optimizer");
    assertThat(ended("not-json").path("state").asText()).isEqualTo("REJECTED");
    assertThat(deadLetters()).contains(typo, "this is not JSON");
    for (Instance instance : stack.instances()) {
      assertThat(stack.isReady(instance)).as(instance.name()).isTrue();
    }
  }

  @Test
  @Order(2)
  void anImpossibleShapeAndAnUnknownDataSetAreRejectedByField() throws Exception {
    publish(
        "shape-1",
        IMAGES.formatted("shape-1").replace("\"kernel_size\": 3", "\"kernel_size\": 99"));
    publish("data-1", IMAGES.formatted("data-1").replace("fashion-mnist", "no-such-data"));

    assertThat(ended("shape-1").path("reason").asText()).startsWith("model.layers[0]");
    assertThat(ended("data-1").path("reason").asText()).startsWith("dataset.name");
  }

  @Test
  @Order(3)
  void theSameRequestTrainsOnceAndAnotherUnderItsRunIsRefused() throws Exception {
    JsonNode before = get("/runs/images-1");
    publish("images-1", IMAGES.formatted("images-1"));
    publish("images-1", IMAGES.formatted("images-1").replace("\"seed\": 3", "\"seed\": 4"));

    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(get("/runs/images-1").path("rejections")).hasSize(1));

    JsonNode after = get("/runs/images-1");
    assertThat(after.path("state").asText()).isEqualTo("COMPLETED");
    assertThat(after.path("seed")).isEqualTo(before.path("seed"));
    assertThat(after.path("model")).isEqualTo(before.path("model"));
    assertThat(after.path("started_at")).isEqualTo(before.path("started_at"));
  }

  @Test
  @Order(4)
  void twoAugmentersGiveTheSameLossesAsOne() throws Exception {
    bringUp(with(2, 1));
    publish("images-2", IMAGES.formatted("images-2"));
    completed("images-2");

    assertThat(losses("images-2")).isEqualTo(losses("images-1"));
  }

  @Test
  @Order(5)
  void aTrainerThatIsKilledTwiceResumesWithTheSameLosses() throws Exception {
    publish("images-3", IMAGES.formatted("images-3").replace("\"epochs\": 3", "\"epochs\": 24"));
    for (int epochs : new int[] {1, 10}) {
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  results
                      .run("images-3")
                      .map(r -> r.path("epochs_done").asInt() >= epochs)
                      .orElse(false));
      ProcessHandle process = trainer().process().orElseThrow();
      process.destroyForcibly();
      process.onExit().join();
      bringUp(settings);
    }
    JsonNode run = completed("images-3");

    assertThat(run.path("delivery").asInt()).isEqualTo(3);
    assertThat(losses("images-3").subList(0, 3 * 19)).isEqualTo(losses("images-1"));
    assertThat(losses("images-3")).hasSize(24 * 19);
  }

  @Test
  @Order(6)
  void twoTrainersAndTwoAugmentersShareSeveralRunsAndEachTrainsOnce() throws Exception {
    bringUp(with(2, 2));
    List<String> runs = List.of("shared-1", "shared-2", "shared-3", "shared-4");
    for (String run : runs) {
      publish(run, IMAGES.formatted(run));
    }

    var trainers = new TreeSet<String>();
    for (String run : runs) {
      JsonNode ended = completed(run);
      assertThat(ended.path("delivery").asInt()).as(run).isEqualTo(1);
      assertThat(losses(run)).isEqualTo(losses("images-1"));
      trainers.add(ended.path("trainer").asText());
    }
    assertThat(trainers).containsExactly("trainer-1", "trainer-2");
  }

  @Test
  @Order(7)
  void everyServiceTellsItsMetricsAndItsRunsOutliveARestart() throws Exception {
    for (Instance instance : stack.instances()) {
      if (METRICS.containsKey(instance.service())) {
        assertThat(body("http://127.0.0.1:" + instance.port() + "/q/metrics"))
            .as(instance.name())
            .contains(METRICS.get(instance.service()));
      }
    }
    JsonNode before = get("/runs/series-1");

    stack.down(line -> {});
    bringUp(settings);

    assertThat(get("/runs/series-1")).isEqualTo(before);
  }

  /**
   * The first of so many free ports in a row, below those that the system hands out for
   * connections: a second trainer or augmenter comes up minutes later.
   */
  private static int freePorts(int count) {
    return new Random()
        .ints(20_000, 30_000)
        .filter(first -> IntStream.range(first, first + count).allMatch(WholeStackIT::isFree))
        .findFirst()
        .orElseThrow();
  }

  private static boolean isFree(int port) {
    try (var socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress("127.0.0.1", port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static StackSettings with(int augmenters, int trainers) {
    return new StackSettings(
        settings.kafkaPort(),
        settings.postgresqlPort(),
        settings.resultsPort(),
        settings.augmentationPort(),
        settings.trainerPort(),
        augmenters,
        trainers,
        List.of());
  }

  private static void bringUp(StackSettings with) {
    var home = new Home(folder.resolve("home"));
    StackSettings before = StackSettings.read(home);
    stack = new Stack(home, with, Path.of("../..").toAbsolutePath());
    stack.up(before, line -> {});
  }

  private static Instance trainer() {
    return stack.instances().stream().filter(i -> i.service().equals("trainer")).findFirst().get();
  }

  private static void publish(String key, String value) throws Exception {
    try (var producer =
        new KafkaProducer<>(clients(), new StringSerializer(), new StringSerializer())) {
      producer.send(new ProducerRecord<>(Topics.TRAINING_REQUESTS, key, value)).get();
    }
  }

  private static JsonNode completed(String run) {
    JsonNode ended = ended(run);
    assertThat(ended.path("state").asText())
        .as("%s: %s", run, ended.path("reason").asText())
        .isEqualTo("COMPLETED");
    return ended;
  }

  private static JsonNode ended(String run) {
    return await()
        .atMost(PATIENCE)
        .until(() -> results.run(run).filter(Watch::hasEnded), Optional::isPresent)
        .orElseThrow();
  }

  private static JsonNode get(String path) throws Exception {
    return JSON.readTree(body(settings.resultsAddress() + path));
  }

  private static String body(String address) throws Exception {
    var request = HttpRequest.newBuilder(URI.create(address)).build();
    var response = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).as(address).isEqualTo(200);
    return response.body();
  }

  private static List<Double> losses(String run) throws Exception {
    var losses = new ArrayList<Double>();
    get("/runs/" + run + "/losses")
        .path("steps")
        .forEach(step -> losses.add(step.path("loss").asDouble()));
    return losses;
  }

  private static Set<String> topics() throws Exception {
    try (var admin = Admin.create(clients())) {
      return admin.listTopics().names().get();
    }
  }

  private static List<String> deadLetters() {
    var partition = new TopicPartition(Topics.TRAINING_REQUESTS_DLQ, 0);
    try (var consumer =
        new KafkaConsumer<>(clients(), new StringDeserializer(), new StringDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      var letters = new ArrayList<String>();
      while (consumer.position(partition) < end) {
        for (ConsumerRecord<String, String> letter : consumer.poll(Duration.ofSeconds(1))) {
          letters.add(letter.value());
        }
      }
      return letters;
    }
  }

  private static Map<String, Object> clients() {
    return Map.of("bootstrap.servers", settings.bootstrapServers());
  }
}
