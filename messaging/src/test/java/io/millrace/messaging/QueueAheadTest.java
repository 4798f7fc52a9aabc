package io.millrace.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Thousands of runs overtake a long one on a broker with Kafka's default limits. */
@Execution(ExecutionMode.CONCURRENT)
class QueueAheadTest {
  private static final String QUEUE = "queue";
  private static final int RUNS = 2_500;

  /** The longest lock that a broker allows, so that one member keeps the first run. */
  private static final Duration LOCK = Duration.ofSeconds(60);

  @TempDir static Path folder;

  @Test
  void aLongRunAtTheFrontDoesNotBlockTheThousandsOfRunsBehindIt() throws Exception {
    try (var broker =
            Broker.start(
                folder,
                Map.of(
                    "group.share.partition.max.record.locks",
                    "2000",
                    "group.share.max.partition.max.record.locks",
                    "4000"));
        var busy = member(broker, 1);
        var quick = member(broker, 500)) {
      broker.topic(QUEUE);
      broker.provisioner().setUpQueue(QUEUE, LOCK);
      for (int i = 0; i < RUNS; i++) {
        byte[] run = Integer.toString(i).getBytes(StandardCharsets.UTF_8);
        broker.producer().send(new ProducerRecord<>(QUEUE, run));
      }
      broker.producer().flush();

      var locked = new HashSet<String>();
      await().atMost(Broker.PATIENCE).until(() -> poll(busy, locked) == 1);
      var done = new HashSet<String>();
      await()
          .atMost(LOCK)
          .until(
              () -> {
                poll(quick, done);
                return done.size() >= RUNS - 1;
              });

      assertThat(locked).containsExactly("0");
      assertThat(done).hasSize(RUNS - 1).doesNotContain("0");
    }
  }

  private static int poll(KafkaShareConsumer<byte[], byte[]> member, Set<String> texts) {
    member
        .poll(Duration.ofMillis(100))
        .forEach(record -> texts.add(new String(record.value(), StandardCharsets.UTF_8)));
    return texts.size();
  }

  /**
   * A member that takes at most {@code most} records per poll and acknowledges them with the next
   * one.
   */
  private static KafkaShareConsumer<byte[], byte[]> member(Broker broker, int most) {
    var settings = new HashMap<String, Object>();
    settings.put("bootstrap.servers", broker.kafka().bootstrapServers());
    settings.put("group.id", QUEUE);
    settings.put("max.poll.records", most);
    settings.put("share.acquire.mode", "record_limit");
    var member =
        new KafkaShareConsumer<>(
            settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    member.subscribe(Set.of(QUEUE));
    return member;
  }
}
