package io.millrace.augmentation.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.augmentation.stream.StatisticsFile;
import io.millrace.augmentation.stream.StatisticsStore;
import io.millrace.augmentation.transform.FeatureStatistics;
import io.millrace.messaging.Topics;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class StatisticsListenerTest {
  private static final TopicPartition PARTITION = new TopicPartition(Topics.DATASET_STATISTICS, 0);

  private static ConsumerRecord<byte[], byte[]> record(long offset, String key, byte[] value) {
    return new ConsumerRecord<>(PARTITION.topic(), 0, offset, key.getBytes(), value);
  }

  private static MockConsumer<byte[], byte[]> consumer(List<byte[]> values) {
    var consumer = new MockConsumer<byte[], byte[]>("earliest");
    consumer.updatePartitions(
        PARTITION.topic(), List.of(new PartitionInfo(PARTITION.topic(), 0, null, null, null)));
    consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
    consumer.updateEndOffsets(Map.of(PARTITION, (long) values.size()));
    consumer.schedulePollTask(
        () -> {
          for (int i = 0; i < values.size(); i++) {
            consumer.addRecord(record(i, "key", values.get(i)));
          }
        });
    return consumer;
  }

  @Test
  void statisticsOfAnotherAugmenterAreNotComputedAgain() {
    var theirs = new FeatureStatistics(new double[] {1, 2, 3}, new double[] {4, 5, 6}, null);
    byte[] file = StatisticsFile.write(theirs, Map.of());
    var store = new StatisticsStore();
    try (var listener =
        new StatisticsListener(() -> consumer(List.of("broken".getBytes(), file)), store)) {
      listener.start();
      FeatureStatistics known =
          store.of(
              "key",
              () -> {
                throw new AssertionError("computed again");
              });
      assertThat(known.mean()).isEqualTo(theirs.mean());
      assertThat(known.std()).isEqualTo(theirs.std());
    }
  }

  @Test
  void statisticsAreComputedIfTheTopicIsEmpty() {
    var mine = new FeatureStatistics(new double[] {1}, new double[] {1}, null);
    var store = new StatisticsStore();
    try (var listener = new StatisticsListener(() -> consumer(List.of()), store)) {
      listener.start();
      assertThat(store.of("key", () -> mine)).isSameAs(mine);
    }
  }
}
