package io.millrace.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.embedded.EmbeddedKafka;
import io.millrace.messaging.WorkQueue.Outcome;
import io.millrace.messaging.WorkQueue.Worker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class WorkQueueTest {
  /** Long enough that a machine that stalls for some seconds loses no lock. */
  private static final Duration LOCK = Duration.ofSeconds(10);

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration LONG = Duration.ofMinutes(5);

  @TempDir static Path folder;
  private static EmbeddedKafka kafka;
  private static Admin admin;
  private static KafkaProducer<byte[], byte[]> producer;

  @BeforeAll
  static void start() throws Exception {
    kafka =
        EmbeddedKafka.start(
            folder,
            EmbeddedKafka.freePort(),
            Map.of(
                "group.share.min.record.lock.duration.ms",
                "1000",
                "group.share.record.lock.duration.ms",
                Long.toString(LOCK.toMillis())));
    admin = Admin.create(clients());
    producer = new KafkaProducer<>(clients(), new ByteArraySerializer(), new ByteArraySerializer());
  }

  @AfterAll
  static void stop() {
    producer.close();
    admin.close();
    kafka.close();
  }

  @Test
  void durableTopicsMayBeEnsuredMoreThanOnce() throws Exception {
    var provisioner = new TopicProvisioner(admin);
    provisioner.ensureDurable(Optional.empty());
    provisioner.ensureDurable(Optional.of((short) 1));
    awaitTopics(
        names ->
            assertThat(names)
                .contains(
                    Topics.TRAINING_REQUESTS,
                    Topics.TRAINING_REQUESTS_DLQ,
                    Topics.BATCH_TASKS,
                    Topics.TRAINING_EVENTS,
                    Topics.TRAINING_COMMANDS));
  }

  @Test
  void deletingADeletedTopicDoesNotFail() throws Exception {
    var provisioner = new TopicProvisioner(admin);
    provisioner.ensure(List.of(Topics.batchTopic("gone", 1)));
    provisioner.delete(Topics.batches("gone"));
    provisioner.delete(Topics.batches("gone"));
    awaitTopics(names -> assertThat(names).doesNotContain(Topics.batches("gone")));
  }

  @Test
  void runsThatDifferOnlyInDotsAndUnderscoresHaveDistinctTopics() throws Exception {
    var provisioner = new TopicProvisioner(admin);
    List<String> runs = List.of("lr-0.1", "lr-0_1", "lr-0-1", "a.b_c", "a_b.c");
    runs.forEach(run -> provisioner.ensure(List.of(Topics.batchTopic(run, 1))));
    awaitTopics(
        names -> assertThat(names).containsAll(runs.stream().map(Topics::batches).toList()));
    assertThat(Topics.batches("lr-0_1")).isEqualTo("batches.lr-0_1");
    assertThat(Topics.batches("lr-0.1")).startsWith("batches.lr-0.1-");
  }

  @Test
  void aReleasedRecordIsDeliveredExactlyTenTimes() throws Exception {
    topic("tries");
    send("tries", "a");
    var counts = Collections.synchronizedList(new ArrayList<Integer>());
    try (var queue =
        queue(
            "tries",
            delivery -> {
              counts.add(delivery.count());
              return Outcome.RELEASE;
            })) {
      await().atMost(PATIENCE).until(() -> counts.size() == TopicProvisioner.DELIVERIES);
      send("tries", "b");
      await().atMost(PATIENCE).until(() -> counts.size() > TopicProvisioner.DELIVERIES);
      assertThat(counts.get(TopicProvisioner.DELIVERIES)).isEqualTo(1);
    }
  }

  @Test
  void aWorkerKeepsARecordForLongerThanItsLock() throws Exception {
    topic("held");
    send("held", "a");
    var texts = Collections.synchronizedList(new ArrayList<String>());
    var release = new CountDownLatch(1);
    Work worker =
        delivery -> {
          texts.add(text(delivery));
          release.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
          assertThat(delivery.isLost()).isFalse();
          return Outcome.ACCEPT;
        };
    try (var one = queue("held", worker);
        var two = queue("held", worker)) {
      await().atMost(PATIENCE).until(() -> texts.size() == 1);
      await()
          .during(LOCK.multipliedBy(3).dividedBy(2))
          .atMost(LOCK.multipliedBy(3))
          .until(() -> texts.size() == 1);
      release.countDown();
      send("held", "b");
      await().atMost(PATIENCE).until(() -> texts.equals(List.of("a", "b")));
    }
  }

  @Test
  void recordsThatWaitBehindALongOneUseUpNoDeliveries() throws Exception {
    topic("behind");
    for (String value : List.of("a", "b", "c")) {
      send("behind", value);
    }
    var counts = Collections.synchronizedList(new ArrayList<Integer>());
    long[] start = {0};
    try (var queue =
        queue(
            "behind",
            delivery -> {
              if (counts.isEmpty()) {
                start[0] = System.nanoTime();
                await()
                    .atMost(PATIENCE)
                    .until(() -> System.nanoTime() - start[0] > LOCK.toNanos() * 3 / 2);
              }
              counts.add(delivery.count());
              return Outcome.ACCEPT;
            })) {
      await().atMost(PATIENCE).until(() -> counts.size() == 3);
    }
    assertThat(counts).containsExactly(1, 1, 1);
  }

  @Test
  void aRecordOfASilentConsumerGoesToAnotherWithAHigherDeliveryCount() throws Exception {
    topic("silent");
    send("silent", "a");
    try (var silent =
        new KafkaShareConsumer<>(
            Map.<String, Object>of(
                "bootstrap.servers",
                kafka.bootstrapServers(),
                "group.id",
                "silent",
                "share.acknowledgement.mode",
                "explicit"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      silent.subscribe(List.of("silent"));
      await().atMost(PATIENCE).until(() -> silent.poll(Duration.ofSeconds(1)).count() == 1);
      var counts = Collections.synchronizedList(new ArrayList<Integer>());
      try (var queue =
          queue(
              "silent",
              delivery -> {
                counts.add(delivery.count());
                return Outcome.ACCEPT;
              })) {
        await().atMost(PATIENCE).until(() -> counts.size() == 1);
        assertThat(counts.get(0)).isGreaterThan(1);
      }
    }
  }

  @Test
  void aRecordIsRedeliveredAfterAReleaseOrAWorkerFailure() throws Exception {
    topic("again");
    send("again", "a");
    var counts = Collections.synchronizedList(new ArrayList<Integer>());
    try (var queue =
        queue(
            "again",
            delivery -> {
              counts.add(delivery.count());
              return switch (delivery.count()) {
                case 1 -> Outcome.RELEASE;
                case 2 -> throw new IllegalStateException("on purpose");
                default -> Outcome.ACCEPT;
              };
            })) {
      await().atMost(PATIENCE).until(() -> counts.equals(List.of(1, 2, 3)));
    }
  }

  @Test
  void aClosingQueueReturnsItsRecordAtOnce() throws Exception {
    topic("closing");
    send("closing", "a");
    var counts = Collections.synchronizedList(new ArrayList<Integer>());
    var first =
        queue(
            "closing",
            delivery -> {
              counts.add(delivery.count());
              await().atMost(PATIENCE).until(delivery::shouldStop);
              return Outcome.RELEASE;
            });
    await().atMost(PATIENCE).until(() -> counts.size() == 1);
    first.close();
    try (var second =
        queue(
            "closing",
            delivery -> {
              counts.add(delivery.count());
              return Outcome.ACCEPT;
            })) {
      await().atMost(PATIENCE).until(() -> counts.equals(List.of(1, 2)));
    }
  }

  @Test
  void anUrgentRecordIsProcessedNextHoweverLongTheQueueIs() throws Exception {
    List<String> topics = topics("urgent", 3);
    for (int i = 0; i < 10; i++) {
      send(topics.get(2), "r" + i);
    }
    var texts = Collections.synchronizedList(new ArrayList<String>());
    var deliveries = Collections.synchronizedList(new ArrayList<Integer>());
    var more = new Semaphore(0);
    Work work =
        delivery -> {
          texts.add(text(delivery));
          deliveries.add(delivery.count());
          more.acquire();
          return Outcome.ACCEPT;
        };
    try (var queue = queue("urgent", topics, LONG, work)) {
      await().atMost(PATIENCE).until(() -> texts.size() == 1);
      more.release(2);
      await().atMost(PATIENCE).until(() -> texts.size() == 3);
      send(topics.get(1), "soon");
      send(topics.get(0), "now");
      more.release(20);
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(texts).hasSize(12));
    }
    assertThat(texts.subList(3, 5)).containsExactly("now", "soon");
    assertThat(texts).doesNotHaveDuplicates();
    assertThat(deliveries).containsOnly(1);
  }

  @Test
  void recordsThatArriveDuringALongOneGoToAnIdleQueueOnFirstDelivery() throws Exception {
    List<String> topics = topics("aside", 3);
    send(topics.get(1), "long");
    var texts = Collections.synchronizedList(new ArrayList<String>());
    var deliveries = Collections.synchronizedList(new ArrayList<Integer>());
    var over = new CountDownLatch(1);
    Work work =
        delivery -> {
          texts.add(text(delivery));
          deliveries.add(delivery.count());
          if (text(delivery).equals("long")) {
            over.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(delivery.isLost()).isFalse();
          }
          return Outcome.ACCEPT;
        };
    try (var busy = queue("aside", topics, LONG, work)) {
      await().atMost(PATIENCE).until(() -> texts.equals(List.of("long")));
      // The other members leave as soon as a record is in progress.
      await().atMost(PATIENCE).until(() -> members("aside") == 1);
      try (var idle = queue("aside", topics, LONG, work)) {
        send(topics.get(0), "urgent");
        send(topics.get(2), "plain");
        await().atMost(PATIENCE).until(() -> texts.size() == 3);
      }
      over.countDown();
    }
    assertThat(deliveries).containsOnly(1);
  }

  @Test
  void anIdleQueueProcessesRecordsFromAllItsTopics() throws Exception {
    List<String> topics = topics("idle", 3);
    var texts = Collections.synchronizedList(new ArrayList<String>());
    try (var queue =
        queue(
            "idle",
            topics,
            LONG,
            delivery -> {
              texts.add(text(delivery));
              return Outcome.ACCEPT;
            })) {
      await().atMost(PATIENCE).ignoreExceptions().until(() -> members("idle") == 3);
      for (int round = 0; round < 2; round++) {
        for (String topic : topics) {
          int before = texts.size();
          send(topic, topic + round);
          await().atMost(PATIENCE).until(() -> texts.size() > before);
        }
      }
    }
    assertThat(texts).hasSize(6).doesNotHaveDuplicates();
  }

  @Test
  void aFailingRecordIsRetriedAfterPausesAndReportedOnTheThirdDelivery() throws Exception {
    topic("failing");
    send("failing", "a");
    var times = Collections.synchronizedList(new ArrayList<Long>());
    var answers = Collections.synchronizedList(new ArrayList<String>());
    Worker worker =
        new Worker() {
          @Override
          public Outcome work(Delivery delivery) {
            times.add(System.nanoTime());
            throw new IllegalStateException("on purpose");
          }

          @Override
          public void failed(Delivery delivery, Throwable failure) {
            answers.add(delivery.count() + " " + failure.getMessage());
            if (answers.size() == 1) {
              throw new IllegalStateException("an answer that fails is given again");
            }
          }
        };
    try (var queue = queue("failing", List.of("failing"), LONG, worker)) {
      await().atMost(PATIENCE).until(() -> answers.size() == 2);
      send("failing", "b");
      await().atMost(PATIENCE).until(() -> answers.size() == 3);
    }
    assertThat(answers).containsOnly("3 on purpose");
    assertThat(times).hasSize(6);
    assertThat(times.get(1) - times.get(0)).isGreaterThan(TimeUnit.SECONDS.toNanos(1));
    assertThat(times.get(2) - times.get(1)).isGreaterThan(TimeUnit.SECONDS.toNanos(5));
  }

  @Test
  void aRecordWhoseWorkHangsGoesToAnotherQueueAndLivenessFails() throws Exception {
    topic("hanging");
    send("hanging", "a");
    var counts = Collections.synchronizedList(new ArrayList<Integer>());
    var wake = new CountDownLatch(1);
    Work work =
        delivery -> {
          counts.add(delivery.count());
          if (counts.size() == 1) {
            wake.await();
            assertThat(delivery.isLost()).isTrue();
          }
          return Outcome.ACCEPT;
        };
    Duration second = Duration.ofSeconds(1);
    try (var hung = queue("hanging", List.of("hanging"), second, work)) {
      await().atMost(PATIENCE).until(() -> counts.size() == 1);
      await().atMost(PATIENCE).until(() -> !hung.isAlive());
      assertThat(hung.isReady()).isFalse();
      try (var other = queue("hanging", List.of("hanging"), LONG, work)) {
        await().atMost(PATIENCE).until(() -> counts.size() == 2);
      }
      assertThat(counts.get(1)).isGreaterThan(counts.get(0));
      wake.countDown();
      await("the queue is alive again").atMost(PATIENCE).until(hung::isAlive);
    }
  }

  @Test
  void workThatReportsProgressIsNotAbandonedHoweverLongItTakes() throws Exception {
    topic("slow");
    send("slow", "a");
    var counts = Collections.synchronizedList(new ArrayList<Integer>());
    Work work =
        delivery -> {
          for (int i = 0; i < 8; i++) {
            delivery.progressed();
            assertThat(delivery.isLost()).isFalse();
            LockSupport.parkNanos(LOCK.dividedBy(8).toNanos());
          }
          counts.add(delivery.count());
          return Outcome.ACCEPT;
        };
    try (var queue = queue("slow", List.of("slow"), LOCK.dividedBy(2), work)) {
      await().atMost(PATIENCE).until(() -> counts.equals(List.of(1)));
    }
  }

  @Test
  void aBusyWorkerHoldsBackNoRecordsFromAnIdleOne() throws Exception {
    var provisioner = new TopicProvisioner(admin);
    provisioner.ensure(
        Topics.durable(Optional.of((short) 1)).stream()
            .filter(topic -> topic.name().equals(Topics.TRAINING_QUEUE))
            .toList());
    provisioner.setUpQueue("busy", LOCK);
    var texts = Collections.synchronizedList(new ArrayList<String>());
    var over = new CountDownLatch(1);
    List<String> topics = List.of(Topics.TRAINING_QUEUE);
    Work work =
        delivery -> {
          texts.add(text(delivery));
          if (text(delivery).equals("long")) {
            over.await(PATIENCE.toSeconds() * 2, TimeUnit.SECONDS);
          }
          return Outcome.ACCEPT;
        };
    try (var one = queue("busy", topics, LONG, work);
        var two = queue("busy", topics, LONG, work)) {
      await().atMost(PATIENCE).ignoreExceptions().until(() -> members("busy") == 2);
      send(Topics.TRAINING_QUEUE, "long");
      await().atMost(PATIENCE).until(() -> texts.size() == 1);
      for (int i = 0; i < 20; i++) {
        producer.send(
            new ProducerRecord<>(
                Topics.TRAINING_QUEUE, ("run-" + i).getBytes(), ("r" + i).getBytes()));
      }
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(texts).hasSize(21));
      over.countDown();
    }
  }

  private static int members(String group) throws Exception {
    return admin
        .describeShareGroups(List.of(group))
        .describedGroups()
        .get(group)
        .get()
        .members()
        .size();
  }

  /** Topics of a queue, the most urgent first. */
  private static List<String> topics(String group, int count) throws Exception {
    var topics = new ArrayList<String>();
    var provisioner = new TopicProvisioner(admin);
    for (int i = count - 1; i >= 0; i--) {
      topics.add(group + "-" + i);
      provisioner.ensure(List.of(new NewTopic(group + "-" + i, 1, (short) 1)));
    }
    provisioner.setUpQueue(group, LOCK);
    return topics;
  }

  @Test
  void twoQueuesShareTheWorkAndNothingIsDoneTwice() throws Exception {
    topic("shared");
    var done = Collections.synchronizedList(new ArrayList<String>());
    Work worker =
        delivery -> {
          done.add(text(delivery));
          return Outcome.ACCEPT;
        };
    try (var one = queue("shared", worker);
        var two = queue("shared", worker)) {
      for (int i = 0; i < 20; i++) {
        send("shared", "r" + i);
      }
      await().atMost(PATIENCE).until(() -> done.size() >= 20);
    }
    assertThat(done).hasSize(20).doesNotHaveDuplicates();
  }

  /** A broker may report a change shortly after it has confirmed it. */
  private static void awaitTopics(Consumer<Set<String>> assertion) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertion.accept(admin.listTopics().names().get()));
  }

  private static WorkQueue queue(String topic, Work worker) {
    return queue(topic, List.of(topic), LONG, worker);
  }

  private static WorkQueue queue(
      String group, List<String> topics, Duration withoutProgress, Work work) {
    return queue(group, topics, withoutProgress, worker(work));
  }

  private static WorkQueue queue(
      String group, List<String> topics, Duration withoutProgress, Worker worker) {
    var place = new WorkQueue.Place(settings(), group, topics, group, withoutProgress);
    return new WorkQueue(place, LOCK, Duration.ofSeconds(2), worker).start();
  }

  /** A worker that does not fail. */
  private interface Work {
    Outcome on(Delivery delivery) throws Exception;
  }

  private static Worker worker(Work work) {
    return new Worker() {
      @Override
      public Outcome work(Delivery delivery) throws Exception {
        return work.on(delivery);
      }

      @Override
      public void failed(Delivery delivery, Throwable failure) {
        throw new AssertionError("this work does not fail", failure);
      }
    };
  }

  private static KafkaSettings settings() {
    return new KafkaSettings(clients(), Optional.empty());
  }

  private static void topic(String name) throws Exception {
    var provisioner = new TopicProvisioner(admin);
    provisioner.ensure(List.of(new NewTopic(name, 1, (short) 1)));
    provisioner.setUpQueue(name, LOCK);
  }

  private static void send(String topic, String value) throws Exception {
    producer
        .send(new ProducerRecord<>(topic, value.getBytes(StandardCharsets.UTF_8)))
        .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  private static String text(Delivery delivery) {
    return new String(delivery.record().value(), StandardCharsets.UTF_8);
  }

  private static Map<String, Object> clients() {
    return Map.of("bootstrap.servers", kafka.bootstrapServers());
  }
}
