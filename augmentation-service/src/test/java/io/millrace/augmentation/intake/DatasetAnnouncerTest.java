package io.millrace.augmentation.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.augmentation.dataset.DatasetCatalog;
import io.millrace.augmentation.dataset.DatasetLimits;
import io.millrace.augmentation.dataset.DecodedCache;
import io.millrace.augmentation.dataset.TestImages;
import io.millrace.contracts.dataset.DatasetAnnouncement;
import io.millrace.contracts.json.Messages;
import io.millrace.embedded.EmbeddedKafka;
import io.millrace.messaging.KafkaSettings;
import io.millrace.messaging.TopicProvisioner;
import io.millrace.messaging.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetAnnouncerTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir static Path folder;
  private static EmbeddedKafka broker;
  private static Map<String, Object> kafka;

  @TempDir Path root;
  private KafkaConsumer<byte[], byte[]> topic;

  /** The latest record of each key, as after compaction; null for a withdrawn announcement. */
  private final Map<String, DatasetAnnouncement> left = new TreeMap<>();

  @BeforeAll
  static void startBroker() throws IOException {
    broker = EmbeddedKafka.start(folder.resolve("kafka"));
    kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
    try (Admin admin = Admin.create(kafka)) {
      new TopicProvisioner(admin)
          .ensure(
              Topics.durable(Optional.empty()).stream()
                  .filter(made -> made.name().equals(Topics.DATASETS))
                  .toList());
    }
  }

  @AfterAll
  static void stopBroker() {
    broker.close();
  }

  @BeforeEach
  void readTopic() {
    topic = new KafkaConsumer<>(kafka, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    var partition = List.of(new TopicPartition(Topics.DATASETS, 0));
    topic.assign(partition);
    topic.seekToBeginning(partition);
  }

  @AfterEach
  void closeTopic() {
    topic.close();
  }

  /** The parts of an augmentation service that announce data sets. */
  private record Augmenter(DatasetCatalog catalog, DatasetAnnouncer announcer)
      implements AutoCloseable {
    static Augmenter of(Path root, String id, Duration heartbeat) {
      var limits = new DatasetLimits(1 << 20, 1 << 20, 16 << 20, 1 << 20);
      var catalog =
          new DatasetCatalog(List.of(root), limits, new DecodedCache(1 << 20), nanos -> {});
      var announcer =
          new DatasetAnnouncer(new KafkaSettings(kafka, Optional.empty()), catalog, id, heartbeat);
      catalog.start();
      announcer.start();
      return new Augmenter(catalog, announcer);
    }

    @Override
    public void close() {
      announcer.close();
      catalog.close();
    }
  }

  private static Augmenter augmenter(Path root, String id) {
    return Augmenter.of(root, id, LONG);
  }

  private void awaitTopic(Consumer<Map<String, DatasetAnnouncement>> assertion) {
    await()
        .atMost(LONG)
        .untilAsserted(
            () -> {
              topic
                  .poll(Duration.ofMillis(100))
                  .forEach(
                      record ->
                          left.put(
                              new String(record.key(), StandardCharsets.UTF_8),
                              record.value() == null
                                  ? null
                                  : Messages.read(record.value(), DatasetAnnouncement.class)));
              assertion.accept(left);
            });
  }

  private static DatasetAnnouncement of(Map<String, DatasetAnnouncement> seen, String key) {
    assertThat(seen.get(key)).as(key).isNotNull();
    return seen.get(key);
  }

  @Test
  void newChangedAndDeletedDataSetsAreAnnounced() throws IOException {
    Path folder = TestImages.folder(root, "shapes", 3, 5);
    try (var augmenter = augmenter(root, "one")) {
      awaitTopic(
          seen -> {
            assertThat(seen).containsKeys("elnino@one", "fashion-mnist@one");
            assertThat(of(seen, "shapes@one").classCounts()).containsExactly(3, 5);
          });
      String before = left.get("shapes@one").fingerprint();
      assertThat(augmenter.catalog.facts("shapes").fingerprint()).isEqualTo(before);
      Files.writeString(root.resolve("new.csv"), "day,value\n2020-01-01,1\n2020-01");
      awaitTopic(seen -> assertThat(of(seen, "new@one").problem()).contains("line 3"));
      Files.writeString(root.resolve("new.csv"), "day,value\n2020-01-01,1\n2020-01-02,2\n");
      awaitTopic(seen -> assertThat(of(seen, "new@one").samples()).isEqualTo(2));
      TestImages.write(folder.resolve("one").resolve("003.png"), 0, 3, 10, 12);
      awaitTopic(
          seen -> {
            assertThat(of(seen, "shapes@one").classCounts()).containsExactly(4, 5);
            assertThat(of(seen, "shapes@one").fingerprint()).isNotEqualTo(before);
          });
      Files.delete(root.resolve("new.csv"));
      awaitTopic(seen -> assertThat(seen).containsEntry("new@one", null));
    }
    awaitTopic(seen -> assertThat(of(seen, "shapes@one")).isNotNull());
  }

  @Test
  void aRestartedAugmenterWithdrawsOnlyItsOwnMissingDataSets() throws IOException {
    Path other = Files.createDirectories(root.resolve("other"));
    Path mine = Files.createDirectories(root.resolve("mine"));
    Files.writeString(mine.resolve("kept.csv"), "value\n1\n2\n");
    Files.writeString(mine.resolve("dropped.csv"), "value\n1\n2\n");
    Files.writeString(other.resolve("dropped.csv"), "value\n1\n2\n3\n");
    try (var there = augmenter(other, "there")) {
      try (var here = augmenter(mine, "here")) {
        // The first announcement of a data set has no fingerprint yet.
        awaitTopic(
            seen ->
                assertThat(
                        List.of(
                            "kept@here",
                            "dropped@here",
                            "dropped@there",
                            "elnino@here",
                            "elnino@there"))
                    .allMatch(name -> of(seen, name).fingerprint() != null));
      }
      assertThat(left.get("dropped@here").fingerprint())
          .isNotEqualTo(left.get("dropped@there").fingerprint());
      assertThat(left.get("elnino@here").fingerprint())
          .isEqualTo(left.get("elnino@there").fingerprint());
      Files.delete(mine.resolve("dropped.csv"));
      try (var here = augmenter(mine, "here")) {
        awaitTopic(seen -> assertThat(seen).containsEntry("dropped@here", null));
      }
      assertThat(left.get("kept@here").isUsable()).isTrue();
      assertThat(left.get("dropped@there").isUsable()).isTrue();
    }
  }

  @Test
  void unchangedDataSetsAreAnnouncedAgainAsAHeartbeat() throws IOException {
    Files.writeString(root.resolve("still.csv"), "value\n1\n2\n");
    try (var augmenter = Augmenter.of(root, "lively", Duration.ofMillis(300))) {
      awaitTopic(seen -> assertThat(seen).containsKey("still@lively"));
      Instant first = left.get("still@lively").at();
      awaitTopic(seen -> assertThat(of(seen, "still@lively").at()).isAfter(first));
    }
  }
}
