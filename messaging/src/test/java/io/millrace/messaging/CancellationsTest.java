package io.millrace.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.contracts.event.TrainingCommand;
import io.millrace.contracts.json.Messages;
import io.millrace.messaging.KafkaSettings.From;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class CancellationsTest {
  private static final TopicPartition PARTITION = new TopicPartition(Topics.TRAINING_COMMANDS, 0);

  private static MockConsumer<byte[], byte[]> consumer() {
    var consumer = new MockConsumer<byte[], byte[]>("latest");
    consumer.updatePartitions(
        PARTITION.topic(), List.of(new PartitionInfo(PARTITION.topic(), 0, null, null, null)));
    consumer.updateEndOffsets(Map.of(PARTITION, 0L));
    return consumer;
  }

  /** One that knows no partitions yet. */
  private static MockConsumer<byte[], byte[]> early() {
    var consumer = consumer();
    consumer.updatePartitions(PARTITION.topic(), List.of());
    return consumer;
  }

  private static MockConsumer<byte[], byte[]> broken(RuntimeException trouble) {
    var consumer =
        new MockConsumer<byte[], byte[]>("latest") {
          @Override
          public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
            throw trouble;
          }
        };
    consumer.updatePartitions(PARTITION.topic(), consumer().partitionsFor(PARTITION.topic()));
    return consumer;
  }

  private static MockConsumer<byte[], byte[]> cancelling(String run) {
    var consumer = consumer();
    byte[] command = Messages.write(new TrainingCommand.Cancel(null, run));
    consumer.schedulePollTask(
        () ->
            consumer.addRecord(
                new ConsumerRecord<>(PARTITION.topic(), PARTITION.partition(), 0, null, command)));
    return consumer;
  }

  private void cancelsAfter(MockConsumer<byte[], byte[]> trouble) {
    Queue<Consumer<byte[], byte[]>> consumers =
        new ArrayDeque<>(List.of(trouble, cancelling("run")));
    try (var cancellations =
        new Cancellations(From.END, consumers::remove, new Cancellations.Listener() {})) {
      cancellations.start();
      await().until(() -> cancellations.isCancelled("run", ConsumerRecord.NO_TIMESTAMP));
    }
    assertThat(trouble.closed()).isTrue();
  }

  @Test
  void aTopicWithoutPartitionsIsAskedForAgain() {
    cancelsAfter(early());
  }

  @Test
  void troubleWithTheBrokerIsSurvived() {
    cancelsAfter(broken(new KafkaException("the broker is away")));
  }

  @Test
  void aConsumerInTheWrongStateIsReplaced() {
    cancelsAfter(broken(new IllegalStateException("nothing is assigned")));
  }
}
