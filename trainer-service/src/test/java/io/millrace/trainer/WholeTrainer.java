package io.millrace.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.contracts.event.TrainingCommand;
import io.millrace.contracts.event.TrainingEvent;
import io.millrace.contracts.event.TrainingEvent.EpochCompleted;
import io.millrace.contracts.event.TrainingEvent.StepsCompleted;
import io.millrace.contracts.json.Messages;
import io.millrace.messaging.KafkaSettings;
import io.millrace.messaging.TopicProvisioner;
import io.millrace.messaging.Topics;
import io.opentelemetry.api.OpenTelemetry;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;

/**
 * Tests of a whole trainer on a real broker, with a tiny network and augmentation service. All
 * classes in a JVM share the broker, so every test needs run ids of its own.
 */
abstract class WholeTrainer {
  static final int WINDOW = 6;
  static final KafkaSettings KAFKA = TestBroker.get().settings();
  static final Admin ADMIN = TestBroker.get().admin();
  static final Path FOLDER = TestBroker.get().folder();
  static final TinyAugmenter AUGMENTER;

  private static final Producer<byte[], byte[]> PRODUCER = TestBroker.get().producer();
  private static final Consumer<byte[], byte[]> EVENTS;
  private static final Consumer<byte[], byte[]> LETTERS;
  private static final List<TrainingEvent> SEEN = new ArrayList<>();
  private static final List<ConsumerRecord<byte[], byte[]>> DEAD = new ArrayList<>();

  static {
    new TopicProvisioner(ADMIN).ensureDurable(KAFKA.replicationFactor());
    EVENTS = TestBroker.get().closing(KAFKA.reader());
    EVENTS.assign(
        IntStream.range(0, 4)
            .mapToObj(p -> new TopicPartition(Topics.TRAINING_EVENTS, p))
            .toList());
    LETTERS = TestBroker.get().closing(KAFKA.reader());
    LETTERS.assign(List.of(new TopicPartition(Topics.TRAINING_REQUESTS_DLQ, 0)));
    AUGMENTER = TestBroker.get().closing(new TinyAugmenter(KAFKA, ADMIN));
  }

  final List<Trainer> trainers = new ArrayList<>();

  @AfterEach
  void stopTrainers() {
    AUGMENTER.letGo();
    AUGMENTER.fingerprint(null);
    trainers.forEach(Trainer::close);
  }

  Trainer startTrainer(Map<String, String> settings) {
    return startTrainer(settings, Clock.systemUTC());
  }

  Trainer startTrainer(Map<String, String> settings, Clock clock) {
    var all = new HashMap<String, String>();
    all.put("millrace.trainer.models", FOLDER.resolve("models").toString());
    all.put("millrace.trainer.window-batches", Integer.toString(WINDOW));
    all.put("millrace.trainer.task-batches", "2");
    all.putAll(settings);
    TrainerSettings mapped =
        new SmallRyeConfigBuilder()
            .addDiscoveredConverters()
            .withMapping(TrainerSettings.class)
            .withDefaultValues(all)
            .build()
            .getConfigMapping(TrainerSettings.class);
    var trainer =
        new Trainer(
            mapped,
            KAFKA,
            new TestNetworks(),
            SoftmaxRegression::plan,
            new SimpleMeterRegistry(),
            OpenTelemetry.noop().getTracer("test"),
            clock);
    trainers.add(trainer.start());
    return trainer;
  }

  static String images(String run, int epochs, double rate, int seed) {
    return """
    {"run":"%s","seed":%d,"dataset":{"name":"stripes"},
     "model":{"layers":[{"type":"Dense","units":3,"activation":"softmax"}]},
     "loss":"categorical_crossentropy","optimizer":{"type":"SGD","learning_rate":%s},
     "metrics":["acc"],"epochs":%d,"batch_size":8}\
    """
        .formatted(run, seed, rate, epochs);
  }

  /**
   * A request that counts a falling loss as worse: the run stops after four epochs, and the first
   * is the best.
   */
  static String impatient(String run) {
    return images(run, 9, 0.5, 3)
        .replace("[\"acc\"]", "[\"acc\",\"auc\",\"f1\",\"r2\"]")
        .replace(
            "\"epochs\"",
            "\"callbacks\":[{\"type\":\"EarlyStopping\",\"mode\":\"max\",\"patience\":3,"
                + "\"restore_best_weights\":true},{\"type\":\"ReduceLROnPlateau\","
                + "\"mode\":\"max\",\"patience\":1,\"factor\":0.5}],\"epochs\"");
  }

  static String series(String run) {
    return """
    {"run":"%s","dataset":{"name":"wave","column":"value","window":8,"horizon":1},
     "model":{"layers":[{"type":"Dense","units":1}]},
     "loss":"mse","optimizer":{"type":"SGD","learning_rate":0.1},
     "metrics":["mae"],"epochs":20,"batch_size":16}\
    """
        .formatted(run);
  }

  static void publish(String key, String json) {
    send(key, json, Map.of());
  }

  /** Queues a run, as admission does. */
  static void send(String key, String json, Map<String, String> headers) {
    var record =
        new ProducerRecord<>(
            Topics.TRAINING_QUEUE,
            key.getBytes(StandardCharsets.UTF_8),
            json.getBytes(StandardCharsets.UTF_8));
    headers.forEach(
        (name, value) -> record.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
    PRODUCER.send(record);
    PRODUCER.flush();
  }

  static void cancel(String run) {
    send(Topics.TRAINING_COMMANDS, run, Messages.write(new TrainingCommand.Cancel(null, run)));
  }

  static void send(String topic, String key, byte[] value) {
    PRODUCER.send(new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value));
    PRODUCER.flush();
  }

  static void delete(String run) {
    send(Topics.TRAINING_COMMANDS, run, Messages.write(new TrainingCommand.Delete(null, run)));
  }

  /** Returns the broker's timestamp of the newest command. */
  static long lastCommand() {
    try (var reader = KAFKA.reader()) {
      var topic = new TopicPartition(Topics.TRAINING_COMMANDS, 0);
      reader.assign(List.of(topic));
      reader.seek(topic, reader.endOffsets(List.of(topic)).get(topic) - 1);
      return reader.poll(Duration.ofSeconds(30)).iterator().next().timestamp();
    }
  }

  /** Returns a run's first matching record on the queue. */
  static ConsumerRecord<byte[], byte[]> queued(
      String run, Predicate<ConsumerRecord<byte[], byte[]>> matches) {
    try (var reader = KAFKA.reader()) {
      reader.assign(
          IntStream.range(0, 4)
              .mapToObj(p -> new TopicPartition(Topics.TRAINING_QUEUE, p))
              .toList());
      var seen = new ArrayList<ConsumerRecord<byte[], byte[]>>();
      return eventually()
          .until(
              () -> {
                reader.poll(Duration.ofMillis(100)).forEach(seen::add);
                return seen.stream()
                    .filter(record -> new String(record.key(), StandardCharsets.UTF_8).equals(run))
                    .filter(matches)
                    .findFirst();
              },
              Optional::isPresent)
          .orElseThrow();
    }
  }

  static ConditionFactory eventually() {
    return Awaitility.await().atMost(Duration.ofSeconds(90));
  }

  static <E extends TrainingEvent> E await(String run, Class<E> type) {
    eventually().untilAsserted(() -> assertThat(of(run, type)).isNotEmpty());
    return of(run, type).get(0);
  }

  static <E extends TrainingEvent> List<E> of(String run, Class<E> type) {
    EVENTS
        .poll(Duration.ofMillis(50))
        .forEach(record -> SEEN.add(Messages.read(record.value(), TrainingEvent.class)));
    return SEEN.stream()
        .filter(event -> event.run().equals(run))
        .filter(type::isInstance)
        .map(type::cast)
        .toList();
  }

  static Map<Long, Double> losses(String run) {
    var losses = new TreeMap<Long, Double>();
    for (StepsCompleted steps : of(run, StepsCompleted.class)) {
      for (int i = 0; i < steps.losses().size(); i++) {
        losses.put(steps.firstStep() + i, steps.losses().get(i));
      }
    }
    return losses;
  }

  static List<Map<String, Double>> metrics(String run) {
    return of(run, EpochCompleted.class).stream().map(EpochCompleted::metrics).toList();
  }

  static ConsumerRecord<byte[], byte[]> letter(String run) {
    return eventually()
        .until(
            () -> {
              LETTERS.poll(Duration.ofMillis(50)).forEach(DEAD::add);
              return DEAD.stream().filter(l -> header(l, Topics.DLQ_RUN).equals(run)).findAny();
            },
            Optional::isPresent)
        .orElseThrow();
  }

  static String header(ConsumerRecord<byte[], byte[]> letter, String name) {
    return new String(letter.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }
}
