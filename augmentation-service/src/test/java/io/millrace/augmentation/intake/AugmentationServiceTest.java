package io.millrace.augmentation.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;

import io.millrace.augmentation.dataset.TestImages;
import io.millrace.contracts.dataset.DatasetAnnouncement;
import io.millrace.contracts.event.TrainingCommand;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.Augmentation;
import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.task.BatchSource;
import io.millrace.contracts.task.BatchTask;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.contracts.task.Part;
import io.millrace.contracts.task.TaskFailure;
import io.millrace.contracts.tensor.Safetensors;
import io.millrace.messaging.BatchHeaders;
import io.millrace.messaging.KafkaSettings;
import io.millrace.messaging.TopicProvisioner;
import io.millrace.messaging.Topics;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole service on a real broker: tasks in, answers out. */
@QuarkusTest
@QuarkusTestResource(KafkaResource.class)
class AugmentationServiceTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Augmentation RANDOM =
      Messages.read(
          """
          {"rotation_range": 20, "width_shift_range": 0.1, "height_shift_range": 0.1,
           "shear_range": 5, "zoom_range": 0.1, "horizontal_flip": true}\
          """
              .getBytes(StandardCharsets.UTF_8),
          Augmentation.class);

  private Admin admin;
  private KafkaProducer<byte[], byte[]> producer;

  @BeforeEach
  void connect() {
    Map<String, Object> kafka = Map.of("bootstrap.servers", KafkaResource.servers());
    admin = Admin.create(kafka);
    producer = new KafkaProducer<>(kafka, new ByteArraySerializer(), new ByteArraySerializer());
    await().atMost(LONG).until(() -> RestAssured.get("/q/health/ready").statusCode() == 200);
  }

  @AfterEach
  void disconnect() {
    producer.close();
    admin.close();
  }

  private BatchSource source(String run, String dataset) {
    return new BatchSource(
        run, new DatasetSpec.Images(dataset, null, null, null, null, null, null), RANDOM, 7L, 16);
  }

  private static BatchTask.Produce produce(
      BatchSource source, Part part, int epoch, int first, int count) {
    return new BatchTask.Produce(null, source, part, epoch, first, count, 1);
  }

  private void makeTopic(String run) {
    new TopicProvisioner(admin).ensure(List.of(Topics.batchTopic(run, 2)));
  }

  private void ask(BatchTask... tasks) {
    for (BatchTask task : tasks) {
      producer.send(
          new ProducerRecord<>(
              Topics.BATCH_TASKS,
              task.key().getBytes(StandardCharsets.UTF_8),
              Messages.write(task)));
    }
    producer.flush();
  }

  /** The first records of both partitions of a run's topic, in order within each partition. */
  private List<ConsumerRecord<byte[], byte[]>> answers(String run, int count) {
    try (var consumer =
        new KafkaConsumer<>(
            Map.<String, Object>of("bootstrap.servers", KafkaResource.servers()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      var partitions =
          List.of(
              new TopicPartition(Topics.batches(run), 0),
              new TopicPartition(Topics.batches(run), 1));
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var answers = new ArrayList<ConsumerRecord<byte[], byte[]>>();
      await()
          .atMost(LONG)
          .until(
              () -> {
                consumer.poll(Duration.ofMillis(100)).forEach(answers::add);
                return answers.size() >= count;
              });
      return answers;
    }
  }

  private double counted(String meter) {
    return RestAssured.get("/q/metrics")
        .asString()
        .lines()
        .filter(line -> line.startsWith(meter))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  @Test
  void aDataSetIsDescribed() {
    makeTopic("describe");
    var task = new BatchTask.Describe(null, source("describe", "shapes"));
    ask(task);
    var answer = answers("describe", 1).get(0);
    assertThat(answer.key()).isEqualTo(task.key().getBytes(StandardCharsets.UTF_8));
    assertThat(BatchHeaders.from(answer.headers()).kind()).isEqualTo(BatchHeaders.Kind.DESCRIPTION);
    var description = Messages.read(answer.value(), DatasetDescription.class);
    assertThat(description.train()).isEqualTo(40);
    assertThat(description.test()).isEqualTo(10);
    assertThat(description.sampleShape()).containsExactly(10, 12, 3);
    assertThat(BatchHeaders.from(answer.headers()).source()).isEqualTo(task.source().digest());
    assertThat(announced("shapes").fingerprint()).isEqualTo(description.fingerprint());
  }

  /** Waits for the service's announcement of a data set that it has read. */
  private DatasetAnnouncement announced(String dataset) {
    try (var consumer =
        new KafkaSettings(Map.of("bootstrap.servers", KafkaResource.servers()), Optional.empty())
            .reader()) {
      var topic = new TopicPartition(Topics.DATASETS, 0);
      consumer.assign(List.of(topic));
      consumer.seekToBeginning(List.of(topic));
      var seen = new ArrayList<DatasetAnnouncement>();
      await()
          .atMost(LONG)
          .until(
              () -> {
                for (var record : consumer.poll(Duration.ofMillis(100))) {
                  if (new String(record.key(), StandardCharsets.UTF_8).startsWith(dataset + "@")) {
                    seen.add(Messages.read(record.value(), DatasetAnnouncement.class));
                  }
                }
                seen.removeIf(one -> one.fingerprint() == null); // Only the name was announced.
                return !seen.isEmpty();
              });
      return seen.get(seen.size() - 1);
    }
  }

  @Test
  void aTaskFailsIfTheDataSetChangedSinceTheRunStarted(@TempDir Path elsewhere) throws IOException {
    // The folder is moved in one step, because the service scans the root repeatedly.
    Path changing = KafkaResource.datasets().resolve("changing");
    Files.move(TestImages.folder(elsewhere, "changing", 20, 30), changing);
    makeTopic("changing");
    var source = source("changing", "changing").of(announced("changing").fingerprint());
    ask(produce(source, Part.TRAIN, 0, 0, 3));
    assertThat(answers("changing", 3))
        .allSatisfy(
            answer ->
                assertThat(BatchHeaders.from(answer.headers()).kind())
                    .isEqualTo(BatchHeaders.Kind.BATCH));
    Path added = elsewhere.resolve("900.png");
    TestImages.write(added, 0, 9, 10, 12);
    Files.move(added, changing.resolve("one").resolve("900.png"));
    makeTopic("changed");
    var again = source("changed", "changing").of(source.fingerprint());
    await()
        .atMost(LONG)
        .until(() -> !announced("changing").fingerprint().equals(source.fingerprint()));
    ask(produce(again, Part.TRAIN, 1, 0, 3));
    var answer = answers("changed", 1).get(0);
    assertThat(BatchHeaders.from(answer.headers()).source()).isEqualTo(again.digest());
    var failure = failure("changed");
    assertThat(failure.field()).isEqualTo("dataset.name");
    assertThat(failure.reason())
        .contains("the data set 'changing' is not the one that the run started with");
  }

  @Test
  void noTraceStartsWithoutACollector() {
    makeTopic("untraced");
    ask(new BatchTask.Describe(null, source("untraced", "shapes")));
    assertThat(answers("untraced", 1).get(0).headers().lastHeader("traceparent")).isNull();
  }

  @Test
  void statisticsFollowTheDescriptionAndAreSharedWithOtherAugmenters() {
    makeTopic("statistics");
    var source =
        new BatchSource(
            "statistics",
            source("statistics", "shapes").dataset(),
            Messages.read(
                "{\"featurewise_center\": true, \"zca_whitening\": true}".getBytes(),
                Augmentation.class),
            7L,
            16);
    ask(new BatchTask.Describe(null, source));
    var answers = answers("statistics", 2);
    assertThat(answers)
        .extracting(answer -> BatchHeaders.from(answer.headers()).kind())
        .containsExactly(BatchHeaders.Kind.DESCRIPTION, BatchHeaders.Kind.STATISTICS);
    var sent = Safetensors.read(ByteBuffer.wrap(answers.get(1).value()));
    assertThat(sent.metadata())
        .containsEntry("zca_whitening", "true")
        .containsEntry("rescale", "0.00392156862745098");
    assertThat(sent.tensor("zca").spec().shape()).containsExactly(360, 360);
    try (var consumer =
        new KafkaSettings(Map.of("bootstrap.servers", KafkaResource.servers()), Optional.empty())
            .reader()) {
      var topic = new TopicPartition(Topics.DATASET_STATISTICS, 0);
      consumer.assign(List.of(topic));
      consumer.seekToBeginning(List.of(topic));
      var shared = new ArrayList<ConsumerRecord<byte[], byte[]>>();
      await()
          .atMost(LONG)
          .until(
              () -> {
                consumer.poll(Duration.ofMillis(100)).forEach(shared::add);
                return !shared.isEmpty();
              });
      assertThat(new String(shared.get(0).key(), StandardCharsets.UTF_8)).matches("[0-9a-f]{64}");
      var tensors = Safetensors.read(ByteBuffer.wrap(shared.get(0).value()));
      assertThat(tensors.tensor("zca").data()).isEqualTo(sent.tensor("zca").data());
    }
  }

  @Test
  void batchesArriveInOrderOnTheTasksPartitionWithAShortLastBatch() {
    makeTopic("batches");
    ask(produce(source("batches", "shapes"), Part.TRAIN, 2, 0, 3));
    var answers = answers("batches", 3);
    for (int i = 0; i < 3; i++) {
      assertThat(answers.get(i).partition()).isEqualTo(1);
      assertThat(BatchHeaders.from(answers.get(i).headers()))
          .isEqualTo(BatchHeaders.batch(Part.TRAIN, 2, i));
      var tensors = Safetensors.read(ByteBuffer.wrap(answers.get(i).value()));
      int samples = i < 2 ? 16 : 8;
      assertThat(tensors.tensor("labels").spec().shape()).containsExactly(samples);
      assertThat(tensors.tensor("features").spec().shape()).containsExactly(samples, 10, 12, 3);
      assertThat(tensors.metadata())
          .containsEntry("scale", "0.00392156862745098")
          .containsEntry("offset", "0");
    }
  }

  @Test
  void equalTasksOfTwoRunsGiveTheSameBytes() {
    makeTopic("twice-1");
    makeTopic("twice-2");
    for (String run : List.of("twice-1", "twice-2")) {
      BatchSource source = source(run, "fashion-mnist");
      ask(
          produce(source, Part.TRAIN, 0, 0, 20),
          produce(source, Part.TRAIN, 0, 20, 20),
          produce(source, Part.TEST, 0, 0, 20));
    }
    var first = byBatch(answers("twice-1", 60));
    assertThat(first).hasSize(60);
    assertThat(byBatch(answers("twice-2", 60))).isEqualTo(first);
  }

  private static Map<BatchHeaders, ByteBuffer> byBatch(
      List<ConsumerRecord<byte[], byte[]>> answers) {
    var batches = new HashMap<BatchHeaders, ByteBuffer>();
    answers.forEach(
        answer ->
            batches.put(BatchHeaders.from(answer.headers()), ByteBuffer.wrap(answer.value())));
    return batches;
  }

  @Test
  void windowsOfASeriesAreSentAsFloats() {
    makeTopic("series");
    var dataset =
        new DatasetSpec.Series("elnino", "temperature", null, 12, 2, null, null, null, null);
    var source = new BatchSource("series", dataset, null, 1L, 32);
    ask(produce(source, Part.TEST, 0, 0, 1));
    var tensors = Safetensors.read(ByteBuffer.wrap(answers("series", 1).get(0).value()));
    assertThat(tensors.tensor("features").spec().shape()).containsExactly(32, 12, 1);
    assertThat(tensors.tensor("labels").spec().shape()).containsExactly(32, 2);
    // The second sample's window starts one step after the first one's.
    var features = tensors.tensor("features").data();
    assertThat(features.getFloat(4 * 12)).isEqualTo(features.getFloat(4));
  }

  @Test
  void anUnknownDataSetIsAnsweredWithAFailure() {
    makeTopic("unknown");
    ask(new BatchTask.Describe(null, source("unknown", "no-such-set")));
    var failure = failure("unknown");
    assertThat(failure.field()).isEqualTo("dataset.name");
    assertThat(failure.reason()).contains("no-such-set", "shapes", "fashion-mnist", "elnino");
  }

  @Test
  void aTaskForABatchBeyondTheEpochFails() {
    makeTopic("beyond");
    ask(produce(source("beyond", "shapes"), Part.TRAIN, 0, 2, 2));
    assertThat(failure("beyond").reason()).contains("but an epoch has 3");
  }

  @Test
  void aBrokenImageFailsItsTaskAndNamesTheFile() {
    makeTopic("broken");
    ask(produce(source("broken", "broken"), Part.TRAIN, 0, 0, 1));
    var failure = failure("broken");
    assertThat(failure.field()).isEqualTo("dataset.name");
    assertThat(failure.reason()).contains("one/000.png");
  }

  private TaskFailure failure(String run) {
    var answer = answers(run, 1).get(0);
    assertThat(BatchHeaders.from(answer.headers()).kind()).isEqualTo(BatchHeaders.Kind.FAILURE);
    return Messages.read(answer.value(), TaskFailure.class);
  }

  @Test
  void unreadableTasksAndTasksWithoutATopicAreDroppedAndOthersContinue() {
    double undecodable = counted("millrace_augmentation_tasks_total{ending=\"undecodable\"");
    double dropped = counted("millrace_augmentation_tasks_total{ending=\"dropped\"");
    producer.send(new ProducerRecord<>(Topics.BATCH_TASKS, "not JSON".getBytes()));
    producer.send(new ProducerRecord<>(Topics.BATCH_TASKS, null));
    ask(produce(source("never-made", "shapes"), Part.TRAIN, 0, 0, 3));
    await()
        .atMost(LONG)
        .untilAsserted(
            () -> {
              assertThat(counted("millrace_augmentation_tasks_total{ending=\"undecodable\""))
                  .isEqualTo(undecodable + 2);
              assertThat(counted("millrace_augmentation_tasks_total{ending=\"dropped\""))
                  .isEqualTo(dropped + 1);
            });
    makeTopic("after");
    ask(new BatchTask.Describe(null, source("after", "shapes")));
    assertThat(answers("after", 1)).hasSize(1);
  }

  @Test
  void tasksOfACancelledRunAreDropped() {
    makeTopic("cancelled");
    double dropped = counted("millrace_augmentation_tasks_total{ending=\"dropped\"");
    BatchSource source = source("cancelled", "fashion-mnist");
    var command =
        new ProducerRecord<>(
            Topics.TRAINING_COMMANDS,
            "cancelled".getBytes(StandardCharsets.UTF_8),
            Messages.write(new TrainingCommand.Cancel(null, "cancelled")));
    await()
        .atMost(LONG)
        .until(
            () -> {
              // The broker's timestamp of the command is later than those of the tasks.
              for (int epoch = 0; epoch < 6; epoch++) {
                ask(produce(source, Part.TRAIN, epoch, 0, 100));
              }
              producer.send(command);
              producer.flush();
              return counted("millrace_augmentation_tasks_total{ending=\"dropped\"") > dropped;
            });
  }

  @Test
  void healthChecksAndMetricsAreServed() {
    RestAssured.get("/q/health/live").then().statusCode(200);
    RestAssured.get("/q/health/ready").then().statusCode(200).body(containsString("UP"));
    assertThat(RestAssured.get("/q/metrics").asString())
        .contains(
            "millrace_augmentation_batches_total",
            "millrace_augmentation_samples_total",
            "millrace_augmentation_sent_bytes_total",
            "millrace_augmentation_skipped_files_total",
            "millrace_augmentation_decode_seconds_sum",
            "millrace_augmentation_transform_seconds_sum",
            "millrace_augmentation_cache_bytes",
            "millrace_augmentation_datasets{usable=\"true\"}",
            "millrace_augmentation_hashing_seconds_sum");
  }

  @Test
  void imagesInABucketGiveTheSameBatchesAsALocalFolder(@TempDir Path folder) throws IOException {
    TestImages.photos(folder, "far", 6, 8);
    KafkaResource.bucket().putAll(folder);
    makeTopic("far");
    await()
        .atMost(LONG)
        .until(
            () -> {
              ask(new BatchTask.Describe(null, source("far", "far")));
              return new String(
                      answers("far", 1).stream()
                          .reduce((first, last) -> last)
                          .orElseThrow()
                          .value(),
                      StandardCharsets.UTF_8)
                  .contains("\"train\":11"); // All images are listed.
            });
    makeTopic("near");
    makeTopic("there");

    ask(produce(source("there", "far"), Part.TRAIN, 0, 0, 1));
    ask(produce(source("near", "photos"), Part.TRAIN, 0, 0, 1));

    assertThat(answers("there", 1).get(0).value()).isEqualTo(answers("near", 1).get(0).value());
  }
}
