package io.millrace.augmentation.stream;

import io.millrace.contracts.json.Messages;
import io.millrace.messaging.TopicProvisioner;
import io.millrace.messaging.Topics;
import io.millrace.contracts.request.Augmentation;
import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.request.IntPair;
import io.millrace.contracts.task.BatchSource;
import io.millrace.contracts.task.BatchTask;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.contracts.task.Part;
import io.millrace.embedded.EmbeddedKafka;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Measures how fast the augmentation service turns tasks into batches in Kafka. The broker runs in
 * this process and the service in its own. The benchmark requests 64 batches ahead; no consumer
 * reads them. It prints samples and MB per second, and the CPU seconds of both processes.
 *
 * <p>Arguments: the jar of the service, the folder of the data sets, the name of an image data set,
 * the number of epochs to measure after the first epoch, and the augmentation as JSON. Images are
 * resampled to 150 x 150 if they have another size.
 */
public final class StreamBenchmark implements AutoCloseable {
  private static final int BATCH = 16;
  private static final int TASK = 8;
  private static final int WINDOW = 64;

  private final EmbeddedKafka kafka;
  private final Admin admin;
  private final KafkaProducer<byte[], byte[]> producer;
  private final Process service;
  private final BatchSource source;
  private final TopicPartition topic;
  private final int samples;
  private final int batches;
  private long requested;

  private StreamBenchmark(Path jar, Path root, String dataset, String augmentation)
      throws Exception {
    Path folder = Files.createTempDirectory("stream");
    kafka = EmbeddedKafka.start(folder.resolve("kafka"));
    Map<String, Object> settings = Map.of("bootstrap.servers", kafka.bootstrapServers());
    admin = Admin.create(settings);
    producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    source =
        new BatchSource(
            "stream",
            new DatasetSpec.Images(
                dataset, null, IntPair.of(150), null, null, null, null),
            Messages.read(augmentation.getBytes(StandardCharsets.UTF_8), Augmentation.class),
            1L,
            BATCH);
    topic = new TopicPartition(Topics.batches("stream"), 0);
    new TopicProvisioner(admin).ensureDurable(Optional.empty());
    new TopicProvisioner(admin).ensure(List.of(Topics.batchTopic("stream", 1)));
    service =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-Dkafka.bootstrap.servers=" + kafka.bootstrapServers(),
                "-Dmillrace.datasets.roots=" + root.toAbsolutePath(),
                "-Dquarkus.http.port=0",
                "-jar",
                jar.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("service.log").toFile())
            .start();
    send(new BatchTask.Describe(null, source));
    await(1);
    requested = 1;
    samples = described();
    batches = BatchSource.batches(samples, BATCH);
  }

  /** Reads the number of training samples from the description. */
  private int described() {
    try (var consumer =
        new KafkaConsumer<>(
            Map.<String, Object>of("bootstrap.servers", kafka.bootstrapServers()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.assign(List.of(topic));
      consumer.seekToBeginning(List.of(topic));
      byte[] answer = consumer.poll(Duration.ofSeconds(10)).iterator().next().value();
      return Messages.read(answer, DatasetDescription.class).train();
    }
  }

  private void send(BatchTask task) {
    producer.send(
        new ProducerRecord<>(
            Topics.BATCH_TASKS, task.key().getBytes(StandardCharsets.UTF_8), Messages.write(task)));
    producer.flush();
  }

  private void await(long offset) throws Exception {
    while (end() < offset) {
      if (!service.isAlive()) {
        throw new IllegalStateException("the service exited: " + service.exitValue());
      }
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  private long end() throws Exception {
    return admin
        .listOffsets(Map.of(topic, OffsetSpec.latest()))
        .partitionResult(topic)
        .get()
        .offset();
  }

  private void epoch(int epoch) throws Exception {
    for (int first = 0; first < batches; first += TASK) {
      int count = Math.min(TASK, batches - first);
      await(requested + count - WINDOW);
      send(new BatchTask.Produce(null, source, Part.TRAIN, epoch, first, count, 0));
      requested += count;
      admin.deleteRecords(
          Map.of(topic, RecordsToDelete.beforeOffset(Math.max(0, requested - 2 * WINDOW))));
    }
  }

  private void measure(int epochs) throws Exception {
    epoch(0);
    await(requested);
    long start = System.nanoTime();
    double cpu = cpu(service.toHandle());
    double broker = cpu(ProcessHandle.current());
    for (int i = 1; i <= epochs; i++) {
      epoch(i);
    }
    await(requested);
    double seconds = (System.nanoTime() - start) / 1e9;
    double made = (double) epochs * samples;
    System.out.printf(
        "%.0f samples/s, %.0f MB/s; CPU seconds per second: service %.2f, broker and this %.2f;"
            + " %.0f samples per CPU second of the service%n",
        made / seconds,
        made * 150 * 150 * 3 / seconds / 1e6,
        (cpu(service.toHandle()) - cpu) / seconds,
        (cpu(ProcessHandle.current()) - broker) / seconds,
        made / (cpu(service.toHandle()) - cpu));
  }

  private static double cpu(ProcessHandle process) {
    return process.info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
  }

  @Override
  public void close() {
    service.destroy();
    producer.close();
    admin.close();
    kafka.close();
  }

  /** Runs the benchmark once. */
  public static void main(String[] arguments) throws Exception {
    try (var benchmark =
        new StreamBenchmark(
            Path.of(arguments[0]), Path.of(arguments[1]), arguments[2], arguments[4])) {
      benchmark.measure(Integer.parseInt(arguments[3]));
    }
    System.exit(0);
  }
}
