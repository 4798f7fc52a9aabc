package io.millrace.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.contracts.json.Messages;
import io.millrace.local.TraceCollector.Exported;
import io.millrace.messaging.Topics;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.imageio.ImageIO;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests the whole stack from Kafka to HTTP, with each service in its own process, with TLS,
 * passwords, minimal Kafka rights and traces. The services are jars on a JVM; with {@code -Dnative}
 * or {@code -Dmillrace.native=true} they are native executables.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class WholeStackIT {
  private static final Duration PATIENCE = Duration.ofMinutes(8);
  private static final int LOG_LINES = 60;

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

  /** The time limit for the rejection of a request, which does not wait for a trainer. */
  private static final Duration AT_ONCE = Duration.ofSeconds(5);

  private static final Set<String> SERVICES = Set.of("augmentation", "trainer", "results");

  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String SUBMITTER = "00f067aa0ba902b7";

  /** The trace of the run whose trainer is killed. */
  private static final String RESUMED_TRACE = "0af7651916cd43dd8448eb211c80319c";

  /** Prints the services' logs when a test fails, because the logs are deleted with the folder. */
  @RegisterExtension static final AfterTestExecutionCallback LOGS = WholeStackIT::printLogs;

  @TempDir static Path folder;
  private static SecuredBroker broker;
  private static TraceCollector traces;
  private static StackSettings settings;

  /** JVM options of processes that end too soon to benefit from the second compiler. */
  private static final List<String> FAST_START =
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:MetaspaceSize=128m");

  private static Stack stack;
  private static StackClient client;

  @BeforeAll
  static void up() throws Exception {
    settings = StackClient.freshStack(1, 1);
    broker = SecuredBroker.in(folder);
    traces = new TraceCollector();
    Home home = home();
    home.create();
    broker.prepare(home, settings.kafkaPort());
    bringUp(settings);
    client = new StackClient(settings, broker.clients(), PATIENCE);
  }

  @AfterAll
  static void down() {
    stack.down(line -> {});
    traces.close();
  }

  @Test
  @Order(1)
  void imageAndSeriesRunsCompleteAndTheirResultsAreServed() throws Exception {
    client.submit(IMAGES.formatted("images-1"), traceParent(TRACE));
    client.publish("series-1", SERIES.formatted("series-1"));

    JsonNode images = client.completed("images-1");
    JsonNode series = client.completed("series-1");

    assertThat(images.path("experiment").asText()).isEqualTo("whole-stack");
    assertThat(client.get("/runs/images-1/history").path("epochs")).hasSize(3);
    assertThat(client.get("/runs/images-1/losses").path("steps")).hasSize(3 * 19);
    JsonNode evaluation = client.get("/runs/images-1/evaluation");
    assertThat(evaluation.path("metrics").path("acc").asDouble())
        .isGreaterThan(evaluation.path("baseline").path("metrics").path("acc").asDouble());
    assertThat(evaluation.path("confusion").path("matrix")).hasSize(10);
    String model = settings.addresses().results() + "/runs/images-1/model?format=";
    assertThat(client.body(model + "onnx")).contains("millrace", "MatMul", "conv2d/kernel");
    assertThat(client.body(model + "safetensors")).contains("__metadata__", "conv2d/kernel");
    assertThat(client.body(model + "keras")).contains("\"class_name\":\"Sequential\"");
    assertThat(client.get("/runs/series-1/history").path("epochs")).hasSize(2);
    JsonNode prediction = client.get("/runs/series-1/evaluation").path("prediction");
    assertThat(prediction.path("truth")).hasSize(132).hasSameSizeAs(prediction.path("predicted"));
    assertThat(series.path("state").asText()).isEqualTo("COMPLETED");
    assertThat(client.get("/experiments/whole-stack").path("variants")).hasSize(2);
  }

  @Test
  @Order(2)
  void testImagesAreServedByIndex() throws Exception {
    String address = settings.addresses().results() + "/runs/images-1/test-images?index=";
    HttpResponse<byte[]> first = client.answer(address + "0&index=499&index=0", null);

    assertThat(first.statusCode()).isEqualTo(200);
    BufferedImage strip = ImageIO.read(new ByteArrayInputStream(first.body()));
    assertThat(strip.getHeight()).as("28 pixels at twice the size").isEqualTo(56);
    assertThat(strip.getWidth()).isEqualTo(3 * 56);
    assertThat(cell(strip, 0)).isEqualTo(cell(strip, 2)).isNotEqualTo(cell(strip, 1));
    BufferedImage alone =
        ImageIO.read(new ByteArrayInputStream(client.answer(address + "499", null).body()));
    assertThat(cell(alone, 0)).isEqualTo(cell(strip, 1));
    String tag = first.headers().firstValue("ETag").orElseThrow();
    assertThat(client.answer(address + "0&index=499&index=0", tag).statusCode()).isEqualTo(304);
    assertThat(client.answer(address + "499", tag).statusCode()).isEqualTo(200);
    HttpResponse<byte[]> beyond = client.answer(address + "500", null);
    assertThat(beyond.statusCode()).isEqualTo(400);
    assertThat(new String(beyond.body(), StandardCharsets.UTF_8)).contains("0..499");
  }

  private static int[] cell(BufferedImage strip, int image) {
    return strip.getRaster().getSamples(image * 56, 0, 56, 56, 0, (int[]) null);
  }

  @Test
  @Order(2)
  void batchTopicsAreDeletedAfterTheirRunsEnd() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(topics())
                    .doesNotContain(Topics.batches("images-1"), Topics.batches("series-1")));
  }

  @Test
  @Order(2)
  void oneTraceFollowsARequestThroughEveryServiceToTheStoredResult() throws Exception {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(traces.spans(TRACE, "run")).hasSize(1);
              assertThat(traces.spans(TRACE, "run ended")).hasSize(1);
            });

    Exported post = traces.spans(TRACE, "POST /runs").get(0);
    Exported run = traces.spans(TRACE, "run").get(0);
    Exported end = traces.spans(TRACE, "run ended").get(0);
    assertThat(post.parent()).isEqualTo(SUBMITTER);
    assertThat(run.parent()).isEqualTo(post.id());
    assertThat(end.parent()).isEqualTo(run.id());
    assertThat(List.of(post, run, end))
        .extracting(Exported::service)
        .containsExactly("millrace-results", "millrace-trainer", "millrace-results");
    assertThat(traces.spans(TRACE, "epoch")).hasSize(3).allMatch(span -> isBelow(run, span));
    assertThat(traces.spans(TRACE, "checkpoint")).isNotEmpty().allMatch(span -> isBelow(run, span));
    assertThat(traces.spans(TRACE, "task"))
        .isNotEmpty()
        .allMatch(span -> isBelow(run, span))
        .extracting(Exported::service)
        .containsOnly("millrace-augmentation");
    assertThat(traces.spans())
        .filteredOn(span -> span.name().equals("ingest"))
        .anyMatch(span -> span.linksTo(TRACE) && !span.trace().equals(TRACE));
    for (String service : List.of("trainer-1", "augmentation-1")) {
      assertThat(Files.readString(home().log(service))).contains("images-1 " + TRACE);
    }
  }

  @Test
  @Order(3)
  void dashboardAndAlertsUseMetricsThatExist() throws Exception {
    var observability = new Observability();
    for (Instance instance : stack.instances()) {
      if (SERVICES.contains(instance.service())) {
        observability.scraped(
            instance, client.body("http://127.0.0.1:" + instance.port() + "/q/metrics"));
      }
    }

    assertThat(observability.unanswered()).isEmpty();
  }

  private static boolean isBelow(Exported parent, Exported span) {
    return span.parent().equals(parent.id());
  }

  private static String traceParent(String trace) {
    return "00-" + trace + "-" + SUBMITTER + "-01";
  }

  @Test
  @Order(2)
  void aMisspelledFieldIsReportedAndTheRecordGoesToTheDeadLetterTopic() throws Exception {
    String typo = IMAGES.formatted("typo-1").replace("\"optimizer\"", "\"optimzer\"");
    client.publish("typo-1", typo);
    client.publish("not-json", "this is not JSON");

    JsonNode run = client.ended("typo-1");

    assertThat(run.path("state").asText()).isEqualTo("REJECTED");
    assertThat(run.path("reason").asText()).startsWith("optimzer:").contains("optimizer");
    assertThat(client.ended("not-json").path("state").asText()).isEqualTo("REJECTED");
    assertThat(deadLetters()).contains(typo, "this is not JSON");
    for (Instance instance : stack.instances()) {
      assertThat(stack.isReady(instance)).as(instance.name()).isTrue();
    }
  }

  @Test
  @Order(2)
  void theRejectionOfAnImpossibleShapeOrUnknownDataSetNamesTheField() throws Exception {
    client.publish(
        "shape-1",
        IMAGES.formatted("shape-1").replace("\"kernel_size\": 3", "\"kernel_size\": 99"));
    client.publish("data-1", IMAGES.formatted("data-1").replace("fashion-mnist", "no-such-data"));

    assertThat(client.ended("shape-1").path("reason").asText()).startsWith("model.layers[0]");
    assertThat(client.ended("data-1").path("reason").asText()).startsWith("dataset.name");
  }

  @Test
  @Order(3)
  void aRepeatedRequestTrainsOnceAndADifferentOneForTheSameRunIsRejected() throws Exception {
    JsonNode before = client.get("/runs/images-1");
    client.publish("images-1", IMAGES.formatted("images-1"));
    client.publish("images-1", IMAGES.formatted("images-1").replace("\"seed\": 3", "\"seed\": 4"));

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(client.get("/runs/images-1").path("rejections")).hasSize(1));

    JsonNode after = client.get("/runs/images-1");
    assertThat(after.path("state").asText()).isEqualTo("COMPLETED");
    assertThat(after.path("seed")).isEqualTo(before.path("seed"));
    assertThat(after.path("model")).isEqualTo(before.path("model"));
    assertThat(after.path("started_at")).isEqualTo(before.path("started_at"));
  }

  /** Invalid requests, by the id of the run that is rejected. */
  private static Map<String, String> badRequests() {
    String good = IMAGES.formatted("RUN");
    var bad = new HashMap<String, String>();
    bad.put("bad-field", good.replace("\"optimizer\"", "\"optimzer\""));
    bad.put("bad-json", "{\"run\"");
    bad.put("bad-data", good.replace("fashion-mnist", "fashion-minst"));
    bad.put("bad-column", SERIES.formatted("RUN").replace("\"temperature\"", "\"humidity\""));
    bad.put("bad-shape", good.replace("\"kernel_size\": 3", "\"kernel_size\": 99"));
    bad.put("bad-empty", "");
    bad.put("bad-size", " ".repeat(Messages.MAX_BYTES) + good);
    bad.put("bad-version", good.replace("\"seed\"", "\"version\": 9, \"seed\""));
    bad.put("bad-extension", good.replace("\"seed\"", "\"extend\": true, \"seed\""));
    bad.replaceAll((run, request) -> request.replace("RUN", run));
    return bad;
  }

  @Test
  @Order(3)
  void invalidRequestsAreRejectedAndQueuedRunsCancelledWhileTheTrainerIsBusy() throws Exception {
    client.publish("busy", IMAGES.formatted("busy").replace("\"epochs\": 3", "\"epochs\": 2000"));
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                client.run("busy").filter(run -> run.path("epochs_done").asInt() > 0).isPresent());

    for (Map.Entry<String, String> bad : badRequests().entrySet()) {
      client.publish(bad.getKey(), bad.getValue());
      await()
          .atMost(AT_ONCE)
          .untilAsserted(
              () ->
                  assertThat(client.run(bad.getKey()).map(run -> run.path("state").asText()))
                      .as(bad.getKey())
                      .contains("REJECTED"));
    }
    client.publish("busy", IMAGES.formatted("busy"));
    await().atMost(AT_ONCE).until(() -> client.get("/runs/busy").path("rejections").size() == 1);
    String noName = IMAGES.formatted("x").replace("\"run\": \"x\", ", "");
    client.publish("not a/name", noName);
    await().atMost(AT_ONCE).until(() -> deadLetters().contains(noName));

    client.submit(IMAGES.formatted("waiting"), traceParent(TRACE));
    client.delete("/runs/waiting");
    assertThat(client.get("/runs/waiting").path("state").asText()).isEqualTo("CANCELLED");
    assertThat(client.get("/runs/busy").path("state").asText()).isEqualTo("RUNNING");
    client.delete("/runs/busy");
    assertThat(client.ended("busy").path("state").asText()).isEqualTo("CANCELLED");
  }

  @Test
  @Order(4)
  void aTrainerKilledTwiceResumesWithTheSameLosses() throws Exception {
    client.submit(
        IMAGES.formatted("images-3").replace("\"epochs\": 3", "\"epochs\": 24"),
        traceParent(RESUMED_TRACE));
    for (int epochs : new int[] {1, 10}) {
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  client
                      .run("images-3")
                      .map(r -> r.path("epochs_done").asInt() >= epochs)
                      .orElse(false));
      ProcessHandle process = trainer().process().orElseThrow();
      process.destroyForcibly();
      process.onExit().join();
      bringUp(settings);
    }
    JsonNode run = client.completed("images-3");

    assertThat(run.path("delivery").asInt()).isEqualTo(3);
    assertThat(client.losses("images-3").subList(0, 3 * 19)).isEqualTo(client.losses("images-1"));
    assertThat(client.losses("images-3")).hasSize(24 * 19);
    assertThat(traces.spans(RESUMED_TRACE, "epoch"))
        .extracting(Exported::parent)
        .as("epochs of more than one trainer")
        .satisfies(parents -> assertThat(Set.copyOf(parents)).hasSizeGreaterThan(1));
  }

  @Test
  @Order(5)
  void twoTrainersAndTwoAugmentersShareSeveralRunsAndTrainEachOnce() throws Exception {
    bringUp(settings.with(2, 2));
    List<String> runs = List.of("shared-1", "shared-2", "shared-3", "shared-4");
    for (String run : runs) {
      client.publish(run, IMAGES.formatted(run));
    }

    var trainers = new TreeSet<String>();
    for (String run : runs) {
      JsonNode ended = client.completed(run);
      assertThat(ended.path("delivery").asInt()).as(run).isEqualTo(1);
      assertThat(client.losses(run)).isEqualTo(client.losses("images-1"));
      trainers.add(ended.path("trainer").asText());
    }
    assertThat(trainers).containsExactly("trainer-1", "trainer-2");
  }

  @Test
  @Order(6)
  void runsSurviveARestart() throws Exception {
    JsonNode before = client.get("/runs/series-1");

    stack.down(line -> {});
    bringUp(settings);

    assertThat(client.get("/runs/series-1")).isEqualTo(before);
  }

  private static void bringUp(StackSettings with) {
    Home home = home();
    StackSettings before = StackSettings.read(home);
    stack =
        new Stack(
            home,
            with,
            Path.of("../..").toAbsolutePath(),
            WholeStackIT::environment,
            module -> FAST_START);
    stack.up(before, line -> {});
  }

  private static Map<String, String> environment(String service) {
    if (!SERVICES.contains(service)) {
      return Map.of("JDK_JAVA_OPTIONS", String.join(" ", FAST_START));
    }
    var environment = new HashMap<>(broker.environment(service));
    environment.putAll(traces.environment());
    return environment;
  }

  private static void printLogs(ExtensionContext test) {
    if (test.getExecutionException().isPresent()) {
      stack.instances().forEach(WholeStackIT::print);
    }
  }

  private static void print(Instance instance) {
    try {
      List<String> lines = Files.readAllLines(home().log(instance.name()));
      System.err.println("--- the last lines of " + instance.name());
      lines.stream().skip(Math.max(0, lines.size() - LOG_LINES)).forEach(System.err::println);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Home home() {
    return new Home(folder.resolve("home"));
  }

  private static Instance trainer() {
    return stack.instances().stream().filter(i -> i.service().equals("trainer")).findFirst().get();
  }

  private static Set<String> topics() throws Exception {
    try (var admin = Admin.create(client.kafka())) {
      return admin.listTopics().names().get();
    }
  }

  private static List<String> deadLetters() {
    var partition = new TopicPartition(Topics.TRAINING_REQUESTS_DLQ, 0);
    try (var consumer =
        new KafkaConsumer<>(client.kafka(), new StringDeserializer(), new StringDeserializer())) {
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
}
