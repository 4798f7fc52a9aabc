package io.millrace.trainer.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.messaging.KafkaSettings;
import io.millrace.messaging.Topics;
import io.millrace.trainer.TestBroker;
import io.opentelemetry.context.Context;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A run's topic and the thread that reads it, on a real broker. */
class BatchTopicTest {
  private static final KafkaSettings KAFKA = TestBroker.get().settings();
  private static final Admin ADMIN = TestBroker.get().admin();
  private static final Producer<byte[], byte[]> PRODUCER = TestBroker.get().producer();

  private static void send(String run, String... values) throws Exception {
    for (String value : values) {
      PRODUCER
          .send(
              new ProducerRecord<>(
                  Topics.batches(run), 0, null, value.getBytes(StandardCharsets.UTF_8)))
          .get();
    }
  }

  private static long first(BatchTopic topic) throws Exception {
    return ADMIN
        .listOffsets(Map.of(topic.partition(), OffsetSpec.earliest()))
        .partitionResult(topic.partition())
        .get()
        .offset();
  }

  @Test
  void prepareCreatesTheTopicAndDeletesBatchesOfAnEarlierTrainer() throws Exception {
    var topic = new BatchTopic(ADMIN, "left");
    assertThat(topic.prepare("left", () -> {})).isZero();
    send("left", "a", "b", "c");

    assertThat(new BatchTopic(ADMIN, "left").prepare("left", () -> {})).isEqualTo(3);

    assertThat(first(topic)).isEqualTo(3);
  }

  @Test
  void recordsBeforeTheGivenOffsetAreDeleted() throws Exception {
    var topic = new BatchTopic(ADMIN, "read");
    topic.prepare("read", () -> {});
    send("read", "a", "b", "c");
    var done = new CompletableFuture<String>();

    topic.deleteBefore(2, e -> done.complete(String.valueOf(e)));

    assertThat(done.get(30, TimeUnit.SECONDS)).isEqualTo("null");
    assertThat(first(topic)).isEqualTo(2);
  }

  @Test
  void aFailedDeletionIsReported() throws Exception {
    var done = new CompletableFuture<Throwable>();
    var impatient = new HashMap<>(KAFKA.common());
    impatient.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 500);
    impatient.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 500);

    try (Admin admin = Admin.create(impatient)) {
      new BatchTopic(admin, "nowhere").deleteBefore(2, done::complete);

      assertThat(done.get(60, TimeUnit.SECONDS)).isNotNull();
    }
  }

  /** Collects the values that a reader has read. */
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
    var topic = new BatchTopic(ADMIN, run);
    long start = topic.prepare(run, () -> {});
    return new BatchReader(KAFKA, topic.partition(), run, Context.root(), seen).start(start);
  }

  @Test
  void theReaderPassesOnNewRecordsAndReportsItsOffset() throws Exception {
    new BatchTopic(ADMIN, "stream").prepare("stream", () -> {});
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
  void theReaderReportsTheErrorThatEndsIt() throws Exception {
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
