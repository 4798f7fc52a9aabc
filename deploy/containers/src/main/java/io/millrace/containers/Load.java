package io.millrace.containers;

import io.millrace.contracts.event.TrainingEvent.StepsCompleted;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.Augmentation;
import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.task.BatchSource;
import io.millrace.contracts.task.BatchTask;
import io.millrace.contracts.task.Part;
import io.millrace.messaging.TopicProvisioner;
import io.millrace.messaging.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Generates the load under which {@code measure} measures the services.
 *
 * <ul>
 *   <li>{@code batches BROKERS RUN SECONDS DATASET AUGMENTATION} requests batches of 32 samples, 64
 *       in advance, and prints the batches per second and in total
 *   <li>{@code losses BROKERS RUN EVENTS} publishes events of 1,000 losses each
 * </ul>
 */
public final class Load implements AutoCloseable {
  private static final int BATCH = 32;
  private static final int TASK = 8;
  private static final int AHEAD = 64;

  /** Fewer than the first epoch of the built-in data set has. */
  private static final int BATCHES_OF_AN_EPOCH = 240;

  private static final int LOSSES = StepsCompleted.MAX_LOSSES;

  private final Admin admin;
  private final KafkaProducer<byte[], byte[]> producer;
  private final String run;

  private Load(String brokers, String run) {
    Map<String, Object> kafka =
        Map.of("bootstrap.servers", brokers, "linger.ms", 5, "batch.size", 1 << 18);
    admin = Admin.create(Map.of("bootstrap.servers", brokers));
    producer = new KafkaProducer<>(kafka, new ByteArraySerializer(), new ByteArraySerializer());
    this.run = run;
  }

  private void batches(Duration time, String dataset, String augmentation) throws Exception {
    var source =
        new BatchSource(
            run,
            Messages.read(utf8(dataset), DatasetSpec.class),
            Messages.read(utf8(augmentation), Augmentation.class),
            1L,
            BATCH);
    new TopicProvisioner(admin).ensureDurable(Optional.empty());
    new TopicProvisioner(admin).ensure(List.of(Topics.batchTopic(run, 1)));
    long requested = 0;
    long start = 0;
    long first = 0;
    while (start == 0 || System.nanoTime() - start < time.toNanos()) {
      long made = made();
      if (start == 0 && made > 0) {
        start = System.nanoTime();
        first = made;
      }
      for (; requested < made + AHEAD; requested += TASK) {
        int epoch = (int) (requested / BATCHES_OF_AN_EPOCH);
        int batch = (int) (requested % BATCHES_OF_AN_EPOCH);
        BatchTask task = new BatchTask.Produce(null, source, Part.TRAIN, epoch, batch, TASK, 0);
        producer.send(
            new ProducerRecord<>(Topics.BATCH_TASKS, utf8(task.key()), Messages.write(task)));
      }
      producer.flush();
      TimeUnit.MILLISECONDS.sleep(20);
    }
    long made = made();
    double seconds = (System.nanoTime() - start) / 1e9;
    while (made() < requested) {
      TimeUnit.MILLISECONDS.sleep(20);
    }
    System.out.printf(Locale.ROOT, "made: %.1f %d%n", (made - first) / seconds, requested);
  }

  private long made() throws ExecutionException, InterruptedException {
    var topic = new TopicPartition(Topics.batches(run), 0);
    return admin
        .listOffsets(Map.of(topic, OffsetSpec.latest()))
        .partitionResult(topic)
        .get()
        .offset();
  }

  private void losses(int events) {
    var random = new Random(1);
    for (int event = 0; event < events; event++) {
      List<Double> losses = random.doubles(LOSSES).boxed().toList();
      var completed =
          new StepsCompleted(
              null,
              run,
              Instant.ofEpochSecond(1_767_225_600 + event),
              event,
              (long) event * LOSSES,
              losses);
      producer.send(
          new ProducerRecord<>(Topics.TRAINING_EVENTS, utf8(run), Messages.write(completed)));
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    producer.close();
    admin.close();
  }

  /** Runs the load that the first argument names. */
  public static void main(String[] args) throws Exception {
    try (var load = new Load(args[1], args[2])) {
      switch (args[0]) {
        case "batches" ->
            load.batches(Duration.ofSeconds(Long.parseLong(args[3])), args[4], args[5]);
        case "losses" -> load.losses(Integer.parseInt(args[3]));
        default -> throw new IllegalArgumentException(args[0]);
      }
    }
  }
}
