package io.millrace.messaging;

import static io.millrace.messaging.Broker.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.contracts.event.TrainingCommand;
import io.millrace.contracts.json.Messages;
import io.millrace.messaging.KafkaSettings.From;
import io.millrace.messaging.WorkQueue.Outcome;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** No consumer sees records of an uncommitted transaction. */
@Execution(ExecutionMode.CONCURRENT)
class ReadCommittedTest {
  @TempDir static Path folder;
  private static Broker broker;

  @BeforeAll
  static void start() throws Exception {
    broker = Broker.start(folder);
    broker.provisioner().ensureDurable(broker.settings().replicationFactor());
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @Test
  void onlyCommittedRunsAreConsumedFromTheQueue() throws Exception {
    onlyCommittedRecordsAreFound(Topics.TRAINERS, Topics.queues(), Topics.TRAINING_QUEUE);
  }

  @Test
  void onlyCommittedTasksAreConsumed() throws Exception {
    onlyCommittedRecordsAreFound(
        Topics.AUGMENTERS, List.of(Topics.BATCH_TASKS), Topics.BATCH_TASKS);
  }

  private static void onlyCommittedRecordsAreFound(String group, List<String> topics, String topic)
      throws Exception {
    var texts = Collections.synchronizedList(new ArrayList<String>());
    var place = new WorkQueue.Place(broker.settings(), group, topics, group, Duration.ofMinutes(5));
    var worker =
        new WorkQueue.Worker() {
          @Override
          public Outcome work(Delivery delivery) {
            texts.add(new String(delivery.record().value(), StandardCharsets.UTF_8));
            return Outcome.ACCEPT;
          }

          @Override
          public void failed(Delivery delivery, Throwable failure) {
            throw new AssertionError(failure);
          }
        };
    try (var queue = new WorkQueue(place, worker).start();
        var aborted = transaction("aborted-" + group, topic, "k", bytes("aborted"));
        var late = transaction("late-" + group, topic, "k", bytes("late"))) {
      await().atMost(PATIENCE).until(queue::isReady);
      aborted.abortTransaction();
      await().during(Duration.ofSeconds(2)).atMost(Duration.ofSeconds(4)).until(texts::isEmpty);
      late.commitTransaction();
      await().atMost(PATIENCE).until(() -> !texts.isEmpty());
      broker.send(topic, "k", bytes("after"));
      await().atMost(PATIENCE).until(() -> texts.size() >= 2);
    }
    assertThat(texts).containsExactly("late", "after");
  }

  @Test
  void onlyCommittedCommandsTakeEffect() throws Exception {
    try (var cancellations =
            new Cancellations(broker.settings(), From.BEGINNING, new Cancellations.Listener() {});
        var aborted =
            transaction("aborted-c", Topics.TRAINING_COMMANDS, "aborted", cancel("aborted"));
        var late = transaction("late-c", Topics.TRAINING_COMMANDS, "late", cancel("late"))) {
      cancellations.start();
      aborted.abortTransaction();
      await()
          .during(Duration.ofSeconds(1))
          .atMost(Duration.ofSeconds(3))
          .until(() -> !cancellations.isCancelled("late", 0));
      late.commitTransaction();
      await().atMost(PATIENCE).until(() -> cancellations.isCancelled("late", 0));
      assertThat(cancellations.isCancelled("aborted", 0)).isFalse();
      assertThat(cancellations.awaitCaughtUp(PATIENCE)).isTrue();
    }
  }

  private static byte[] cancel(String run) {
    return Messages.write(new TrainingCommand.Cancel(null, run));
  }

  /** A producer with an open transaction and one record on the broker. */
  private static Producer<byte[], byte[]> transaction(
      String id, String topic, String key, byte[] value) throws Exception {
    Producer<byte[], byte[]> producer = broker.settings().transactionalProducer(id);
    producer.initTransactions();
    producer.beginTransaction();
    producer
        .send(new ProducerRecord<>(topic, 0, bytes(key), value))
        .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    return producer;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
