package io.millrace.augmentation.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.augmentation.dataset.DatasetCatalog;
import io.millrace.augmentation.dataset.DatasetLimits;
import io.millrace.augmentation.dataset.DecodedCache;
import io.millrace.augmentation.stream.BatchMaker;
import io.millrace.augmentation.stream.EpochBatches;
import io.millrace.augmentation.stream.StatisticsStore;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.Augmentation;
import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.request.IntPair;
import io.millrace.contracts.task.BatchSource;
import io.millrace.contracts.task.BatchTask;
import io.millrace.contracts.task.Part;
import io.millrace.messaging.BatchHeaders;
import io.millrace.messaging.TopicProvisioner;
import io.millrace.messaging.Topics;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The running service makes exactly the bytes that this JVM makes, so that a native executable and
 * a JVM can share a run.
 */
@QuarkusTest
@QuarkusTestResource(KafkaResource.class)
class SameBatchesTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  private static final String KERAS =
      """
      {"rotation_range": 20, "width_shift_range": 0.1, "height_shift_range": 0.1,
       "shear_range": 5, "zoom_range": 0.2, "channel_shift_range": 20, "horizontal_flip": true,
       "vertical_flip": true, "brightness_range": [0.8, 1.2]}
      """;

  private static final String TRANSFORMS =
      """
      {"transforms": [
        {"type": "rotation", "range": 15}, {"type": "shift", "width": 0.1, "height": 0.1},
        {"type": "shear", "range": 4}, {"type": "zoom", "range": 0.1},
        {"type": "horizontal_flip"}, {"type": "vertical_flip"},
        {"type": "random_crop", "height": 8, "width": 8, "p": 0.5}, {"type": "random_resized_crop"},
        {"type": "center_crop", "height": 8, "width": 8, "p": 0.5}, {"type": "perspective"},
        {"type": "elastic", "p": 0.5}, {"type": "brightness", "range": [0.7, 1.3]},
        {"type": "channel_shift", "range": 10}, {"type": "color_jitter", "hue": 0.1},
        {"type": "grayscale", "p": 0.2}, {"type": "gaussian_blur", "kernel_size": 3},
        {"type": "gaussian_noise", "stddev": 3}, {"type": "salt_and_pepper", "p": 0.5},
        {"type": "cutout"}, {"type": "rand_augment"},
        {"type": "one_of", "transforms": [{"type": "rotation", "range": 9}, {"type": "cutout"}]},
        {"type": "sequence", "transforms": [{"type": "grayscale"}, {"type": "cutout"}], "p": 0.5},
        {"type": "mixup"}, {"type": "cutmix"}]}
      """;

  private static final String SERIES =
      """
      {"transforms": [{"type": "window_slicing"}, {"type": "jitter"}, {"type": "scaling"},
                      {"type": "magnitude_warping"}, {"type": "time_warping"}]}
      """;

  private static DatasetSpec spec(String json) {
    return Messages.readStrictly(
        json.replace('`', '"').getBytes(StandardCharsets.UTF_8), DatasetSpec.class);
  }

  private static DatasetSpec images(String name, Integer side) {
    IntPair size = side == null ? null : IntPair.of(side);
    return new DatasetSpec.Images(name, null, size, null, null, null, null);
  }

  private static Augmentation augmentation(String json) {
    return Messages.read(json.getBytes(StandardCharsets.UTF_8), Augmentation.class);
  }

  @Test
  void kerasFieldsGiveTheSameBatchesAsInEarlierVersions() throws Exception {
    List<byte[]> batches = compared("same-keras", images("shapes", null), KERAS);

    var digest = MessageDigest.getInstance("SHA-256");
    batches.forEach(digest::update);
    assertThat(HexFormat.of().formatHex(digest.digest()))
        .as("digest of the first three batches, which a resumed run must repeat")
        .isEqualTo("cb211e590cb2f279d00f8c33f0c6b83e93b898810dbbe4ed4569eb086a76fede");
  }

  @Test
  void everyTransformGivesTheSameBatches() {
    compared("same-transforms", images("shapes", 16), TRANSFORMS);
  }

  @Test
  void jpegFilesGiveTheSameBatches() {
    compared("same-photos", images("photos", 24), TRANSFORMS);
    compared("same-plain-photos", images("photos", null), "{}");
  }

  /** If only the service or only this JVM can read a file, the descriptions differ. */
  @Test
  void imagesOfEveryFormatGiveTheSameBatches() {
    DatasetSpec dataset = spec("{`name`: `formats`, `image_size`: 16, `color_mode`: `rgb`}");
    described("same-formats-described", dataset);
    assertThat(compared("same-formats", dataset, "{}", 12)).hasSize(12);
  }

  @Test
  void standardizedImagesGiveTheSameBatches() {
    compared(
        "same-standardized",
        images("shapes", null),
        """
        {"featurewise_center": true, "featurewise_std_normalization": true,
         "zca_whitening": true, "rotation_range": 10}
        """);
  }

  @Test
  void aSeriesGivesTheSameBatches() {
    compared(
        "same-series",
        new DatasetSpec.Series("elnino", "temperature", null, 12, 3, null, "2005-01", null, 0.1),
        SERIES);
  }

  /** Files with different dates, numbers, delimiters and encodings, and the options they need. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          us      | `date_format`: `%m/%d/%Y %I:%M %p`
          german  | `missing`: `interpolate`
          names   | `missing`: `forward_fill`
          zoned   | `missing`: `drop_windows`
          seconds | `missing`: `refuse`
          shops   | `series_key`: {`column`: `shop`, `value`: `b`}
          bare    | `header`: false
          """)
  void aSeriesInEverySpellingGivesTheSameBatches(String name, String options) throws IOException {
    SeriesSpellings.write(KafkaResource.datasets(), name);
    String column = name.equals("bare") ? "1" : "v";
    DatasetSpec dataset =
        spec("{`name`: `%s`, `column`: `%s`, `window`: 5, %s}".formatted(name, column, options));
    described("same-" + name + "-described", dataset);
    compared("same-" + name, dataset, SERIES);
  }

  @Test
  void aDescriptionHasTheSameSourceDigestAndContent() {
    var source =
        new BatchSource(
            "same-description", images("shapes", null), augmentation(TRANSFORMS), 7L, 4);
    described(source);
  }

  private static void described(String run, DatasetSpec dataset) {
    described(new BatchSource(run, dataset, augmentation("{}"), 7L, 4));
  }

  private static void described(BatchSource source) {
    var answer = answers(new BatchTask.Describe(null, source), 1).get(0);

    assertThat(BatchHeaders.from(answer.headers()).source())
        .as("digest of the source's JSON, which depends on the order of its fields")
        .isEqualTo(source.digest());
    assertThat(answer.value()).isEqualTo(Messages.write(maker().describe(source)));
  }

  /** Compares the service's first batches of the first epoch with those of this JVM. */
  private static List<byte[]> compared(String run, DatasetSpec dataset, String augmentation) {
    return compared(run, dataset, augmentation, 3);
  }

  private static List<byte[]> compared(
      String run, DatasetSpec dataset, String augmentation, int count) {
    var source = new BatchSource(run, dataset, augmentation(augmentation), 7L, 4);
    var task = new BatchTask.Produce(null, source, Part.TRAIN, 0, 0, count, 0);

    List<ConsumerRecord<byte[], byte[]>> answers = answers(task, count);

    EpochBatches mine = maker().batches(task);
    for (int batch = 0; batch < answers.size(); batch++) {
      byte[] answer = answers.get(batch).value();
      assertThat(BatchHeaders.from(answers.get(batch).headers()).kind())
          .as(new String(answer, StandardCharsets.ISO_8859_1))
          .isEqualTo(BatchHeaders.Kind.BATCH);
      assertThat(answer).as("batch %d", batch).isEqualTo(mine.make(batch, null));
    }
    return answers.stream().map(ConsumerRecord::value).toList();
  }

  private static BatchMaker maker() {
    return new BatchMaker(
        new DatasetCatalog(
            List.of(KafkaResource.datasets()),
            new DatasetLimits(1 << 20, 10_000, 1 << 16, 1 << 16),
            new DecodedCache(1 << 20),
            nanos -> {}),
        StatisticsStore.alone());
  }

  private static List<ConsumerRecord<byte[], byte[]>> answers(BatchTask task, int count) {
    Map<String, Object> kafka = Map.of("bootstrap.servers", KafkaResource.servers());
    String run = task.source().run();
    try (Admin admin = Admin.create(kafka);
        var producer =
            new KafkaProducer<>(kafka, new ByteArraySerializer(), new ByteArraySerializer());
        var consumer =
            new KafkaConsumer<>(kafka, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      new TopicProvisioner(admin).ensure(List.of(Topics.batchTopic(run, 1)));
      producer.send(
          new ProducerRecord<>(
              Topics.BATCH_TASKS,
              task.key().getBytes(StandardCharsets.UTF_8),
              Messages.write(task)));
      producer.flush();
      var topic = List.of(new TopicPartition(Topics.batches(run), 0));
      consumer.assign(topic);
      consumer.seekToBeginning(topic);
      var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
      await()
          .atMost(LONG)
          .until(
              () -> {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
                return records.size() >= count;
              });
      return records;
    }
  }
}
