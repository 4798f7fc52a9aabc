package io.millrace.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.contracts.event.TrainingCommand;
import io.millrace.contracts.json.Messages;
import io.millrace.messaging.KafkaSettings.From;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
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

  /** A consumer that knows no partitions yet. */
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
    consumer.updateEndOffsets(Map.of(PARTITION, 0L));
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
  void aConsumerThatFindsNoPartitionsIsReplaced() {
    cancelsAfter(early());
  }

  @Test
  void aConsumerIsReplacedAfterABrokerError() {
    cancelsAfter(broken(new KafkaException("the broker is away")));
  }

  @Test
  void aConsumerInTheWrongStateIsReplaced() {
    cancelsAfter(broken(new IllegalStateException("nothing is assigned")));
  }

  @Test
  void aCancelCommandAppliesOnlyToRequestsUpToItsTime() {
    try (var cancellations = cancellations(listener, List.of(command(0, 5_000, cancel("run"))))) {
      await().until(() -> cancellations.isCancelled("run", 5_000));
      assertThat(cancellations.isCancelled("run", 4_999)).isTrue();
      assertThat(cancellations.isCancelled("run", 5_001)).isFalse();
      assertThat(cancellations.isCancelled("other", 0)).isFalse();
    }
  }

  @Test
  void aListenerReceivesLaterCommandsAfterInvalidOrFailingOnes() {
    try (var cancellations =
        cancellations(
            listener,
            List.of(
                command(0, 1, cancel("a")),
                command(1, 2, "{\"type\": \"dance\"}".getBytes()),
                command(2, 3, null),
                command(3, 4, cancel("fails")),
                command(4, 5, Messages.write(new TrainingCommand.Delete(null, "b")))))) {
      await().until(() -> calls.size() == 2);
      assertThat(calls).containsExactly("a cancelled at 1", "b deleted at 5");
      assertThat(cancellations.isCancelled("fails", 0)).isTrue();
    }
  }

  private final List<String> calls = Collections.synchronizedList(new ArrayList<>());
  private final Cancellations.Listener listener =
      new Cancellations.Listener() {
        @Override
        public void cancelled(String run, long at) {
          if (run.equals("fails")) {
            throw new IllegalStateException("on purpose");
          }
          calls.add(run + " cancelled at " + at);
        }

        @Override
        public void deleted(String run, long at) {
          calls.add(run + " deleted at " + at);
        }
      };

  private static byte[] cancel(String run) {
    return Messages.write(new TrainingCommand.Cancel(null, run));
  }

  private static ConsumerRecord<byte[], byte[]> command(long offset, long at, byte[] value) {
    return new ConsumerRecord<>(
        PARTITION.topic(),
        0,
        offset,
        at,
        TimestampType.LOG_APPEND_TIME,
        0,
        0,
        null,
        value,
        new RecordHeaders(),
        Optional.empty());
  }

  private static Cancellations cancellations(
      Cancellations.Listener listener, List<ConsumerRecord<byte[], byte[]>> commands) {
    var consumer = consumer();
    consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
    consumer.schedulePollTask(() -> commands.forEach(consumer::addRecord));
    return new Cancellations(From.BEGINNING, () -> consumer, listener).start();
  }
}
