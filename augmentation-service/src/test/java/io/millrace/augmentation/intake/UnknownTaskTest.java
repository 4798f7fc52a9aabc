package io.millrace.augmentation.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.augmentation.dataset.DatasetCatalog;
import io.millrace.augmentation.dataset.DatasetLimits;
import io.millrace.augmentation.dataset.DecodedCache;
import io.millrace.augmentation.stream.BatchMaker;
import io.millrace.augmentation.stream.BatchPublisher;
import io.millrace.augmentation.stream.StatisticsStore;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.task.TaskFailure;
import io.millrace.embedded.EmbeddedKafka;
import io.millrace.messaging.BatchHeaders;
import io.millrace.messaging.Cancellations;
import io.millrace.messaging.KafkaSettings;
import io.millrace.messaging.KafkaSettings.From;
import io.millrace.messaging.TopicProvisioner;
import io.millrace.messaging.Topics;
import io.millrace.messaging.TraceHeaders;
import io.millrace.messaging.WorkQueue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnknownTaskTest {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final String TASK =
      """
      {"version": 1, "type": "describe", "source": {"run": "newer", "seed": 1, "batch_size": 4,
       "dataset": {"name": "elnino"}, "augmentation": {"transforms": [{"type": "spline_warp"}]}}}""";

  @TempDir Path folder;

  @Test
  void aTaskOfANewerVersionIsReleasedFiveTimesAndThenFails() throws IOException {
    try (var broker = EmbeddedKafka.start(folder.resolve("kafka"));
        Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      Map<String, Object> kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
      var settings = new KafkaSettings(kafka, Optional.empty());
      var provisioner = new TopicProvisioner(admin);
      provisioner.ensureDurable(Optional.empty());
      provisioner.ensure(List.of(Topics.batchTopic("newer", 1)));
      var registry = new SimpleMeterRegistry();
      var metrics = new AugmentationMetrics(registry, new DecodedCache(0));
      var limits = new DatasetLimits(1 << 20, 1 << 20, 1 << 20, 1 << 20);
      var catalog = new DatasetCatalog(List.of(), limits, new DecodedCache(0), nanos -> {});
      try (var publisher = new BatchPublisher(settings.batchProducer());
          var cancelled = new Cancellations(settings, From.END, new Cancellations.Listener() {});
          var producer =
              new KafkaProducer<>(kafka, new ByteArraySerializer(), new ByteArraySerializer())) {
        var tools =
            new TaskWorker.Tools(
                new BatchMaker(catalog, StatisticsStore.alone()),
                publisher,
                new RunTopics(admin),
                cancelled,
                metrics,
                TraceHeaders.untraced());
        producer.send(
            new ProducerRecord<>(
                Topics.BATCH_TASKS,
                "newer/describe".getBytes(StandardCharsets.UTF_8),
                TASK.getBytes(StandardCharsets.UTF_8)));
        producer.flush();
        try (var queue =
            new WorkQueue(
                    new WorkQueue.Place(
                        settings, Topics.AUGMENTERS, List.of(Topics.BATCH_TASKS), "older", LONG),
                    new TaskWorker(tools, Duration.ofMillis(20)))
                .start()) {
          ConsumerRecord<byte[], byte[]> answer = answer(kafka);
          assertThat(BatchHeaders.from(answer.headers()).kind())
              .isEqualTo(BatchHeaders.Kind.FAILURE);
          assertThat(answer.key()).isEqualTo("newer/describe".getBytes(StandardCharsets.UTF_8));
          var failure = Messages.read(answer.value(), TaskFailure.class);
          assertThat(failure.field()).isEqualTo("augmentation.transforms[0].type");
          assertThat(failure.reason())
              .startsWith("is not supported by this version of the augmentation service: ")
              .contains("'spline_warp'");
          assertThat(
                  registry
                      .get("millrace.augmentation.tasks")
                      .tag("ending", "released")
                      .counter()
                      .count())
              .isEqualTo(5);
        }
      }
    }
  }

  private static ConsumerRecord<byte[], byte[]> answer(Map<String, Object> kafka) {
    try (var consumer =
        new KafkaConsumer<>(kafka, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      var partition = List.of(new TopicPartition(Topics.batches("newer"), 0));
      consumer.assign(partition);
      consumer.seekToBeginning(partition);
      var answers = new ArrayList<ConsumerRecord<byte[], byte[]>>();
      await()
          .atMost(LONG)
          .until(
              () -> {
                consumer.poll(Duration.ofMillis(100)).forEach(answers::add);
                return !answers.isEmpty();
              });
      return answers.get(0);
    }
  }
}
