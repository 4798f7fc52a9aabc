package io.millrace.trainer.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.embedded.EmbeddedKafka;
import io.millrace.messaging.KafkaSettings;
import io.millrace.messaging.Topics;
import io.opentelemetry.context.Context;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run's topic and the thread that reads it, on a real broker. */
class BatchTopicTest {
  @TempDir static Path folder;

  private static EmbeddedKafka broker;
  private static KafkaSettings kafka;
  private static Admin admin;
  private static Producer<byte[], byte[]> producer;

  @BeforeAll
  static void startBroker() throws Exception {
    broker = EmbeddedKafka.start(folder.resolve("kafka"));
    kafka =
        new KafkaSettings(
            Map.of("bootstrap.servers", broker.bootstrapServers()), Optional.of((short) 1));
    admin = kafka.admin();
    producer = kafka.producer();
  }

  @AfterAll
  static void stopBroker() throws Exception {
    producer.close();
    admin.close();
    broker.close();
  }

  private static void send(String run, String... values) throws Exception {
    for (String value : values) {
      producer
          .send(
              new ProducerRecord<>(
                  Topics.batches(run), 0, null, value.getBytes(StandardCharsets.UTF_8)))
          .get();
    }
  }

  private static long first(BatchTopic topic) throws Exception {
    return admin
        .listOffsets(Map.of(topic.partition(), OffsetSpec.earliest()))
        .partitionResult(topic.partition())
        .get()
        .offset();
  }

  @Test
  void aTopicIsMadeAndWhatAnEarlierTrainerLeftIsGone() throws Exception {
    var topic = new BatchTopic(admin, "left");
    assertThat(topic.prepare("left", () -> {})).isZero();
    send("left", "a", "b", "c");

    assertThat(new BatchTopic(admin, "left").prepare("left", () -> {})).isEqualTo(3);

    assertThat(first(topic)).isEqualTo(3);
  }

  @Test
  void whatWasReadIsDeleted() throws Exception {
    var topic = new BatchTopic(admin, "read");
    topic.prepare("read", () -> {});
    send("read", "a", "b", "c");
    var done = new CompletableFuture<String>();

    topic.deleteBefore(2, e -> done.complete(String.valueOf(e)));

    assertThat(done.get(30, TimeUnit.SECONDS)).isEqualTo("null");
    assertThat(first(topic)).isEqualTo(2);
  }

  @Test
  void aFailureToDeleteIsTold() throws Exception {
    var done = new CompletableFuture<Throwable>();

    new BatchTopic(admin, "nowhere").deleteBefore(2, done::complete);

    assertThat(done.get(60, TimeUnit.SECONDS)).isNotNull();
  }

  /** Collects what a reader has read. */
  private static final class Seen implements BatchReader.Listener {
    private final List<String> values = Collections.synchronizedList(new ArrayList<>());
    private final CompletableFuture<RuntimeException> failure = new CompletableFuture<>();
    private volatile long upTo;

    @Override
    public void accept(ConsumerRecord<byte[], byte[]> record) {
      String value = new String(record.value(), StandardCharsets.UTF_8);
      if (value.equals("bad")) {
        throw new IllegalArgumentException("bad");
      }
      values.add(value);
    }

    @Override
    public void readUpTo(long offset) {
      upTo = offset;
    }

    @Override
    public void failed(RuntimeException e) {
      failure.complete(e);
    }
  }

  private static BatchReader reader(String run, Seen seen) {
    var topic = new BatchTopic(admin, run);
    long start = topic.prepare(run, () -> {});
    return new BatchReader(kafka, topic.partition(), run, Context.root(), seen).start(start);
  }

  @Test
  void aReaderHandsOverWhatComesAndSaysHowFarItIs() throws Exception {
    new BatchTopic(admin, "stream").prepare("stream", () -> {});
    send("stream", "old");
    var seen = new Seen();
    try (var reader = reader("stream", seen)) {
      assertThat(reader).isNotNull();
      send("stream", "a", "b");
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(
              () -> {
                assertThat(seen.values).containsExactly("a", "b");
                assertThat(seen.upTo).isEqualTo(3);
              });
    }
    assertThat(seen.failure).isNotDone();
  }

  @Test
  void whateverEndsTheReadingIsTold() throws Exception {
    var seen = new Seen();
    try (var reader = reader("broken", seen)) {
      assertThat(reader).isNotNull();
      send("broken", "bad");

      assertThat(seen.failure.get(60, TimeUnit.SECONDS))
          .isInstanceOf(IllegalStateException.class)
          .isNotInstanceOf(KafkaException.class)
          .hasMessageStartingWith("reading the batches failed: ");
    }
  }
}
