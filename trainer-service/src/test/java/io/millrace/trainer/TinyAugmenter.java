package io.millrace.trainer;

import io.millrace.contracts.json.Messages;
import io.millrace.contracts.task.BatchSource;
import io.millrace.contracts.task.BatchTask;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.contracts.task.Part;
import io.millrace.contracts.task.TaskFailure;
import io.millrace.messaging.BatchHeaders;
import io.millrace.messaging.Delivery;
import io.millrace.messaging.KafkaSettings;
import io.millrace.messaging.Topics;
import io.millrace.messaging.WorkQueue;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Answers tasks on the real topics with {@link SyntheticData}, and counts the records that the
 * topics hold.
 */
final class TinyAugmenter implements WorkQueue.Worker, AutoCloseable {
  private final Producer<byte[], byte[]> producer;
  private final Admin admin;
  private final WorkQueue queue;
  private final Map<String, Long> fullest = new ConcurrentHashMap<>();
  private final Map<String, Integer> produced = new ConcurrentHashMap<>();
  private volatile String gatedRun = "";
  private volatile int gate = Integer.MAX_VALUE;
  private volatile int gateEpoch;
  private volatile String goneFrom = "";
  private volatile int goneEpoch;
  private volatile String fingerprint;
  private volatile String lateTo = "";
  private final Map<String, Set<String>> asked = new ConcurrentHashMap<>();

  TinyAugmenter(KafkaSettings kafka, Admin admin) {
    this.admin = admin;
    // Runs that end early leave tasks whose topic no longer exists; the producer gives up soon.
    var config = new HashMap<>(kafka.common());
    config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 500);
    config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 500);
    config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 1_000);
    producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    queue =
        new WorkQueue(
                new WorkQueue.Place(
                    kafka,
                    Topics.AUGMENTERS,
                    List.of(Topics.BATCH_TASKS),
                    "augmenter",
                    Duration.ofHours(1)),
                this)
            .start();
  }

  /** Returns the largest number of records that a run's topic held after a batch. */
  long fullest(String run) {
    return fullest.getOrDefault(run, 0L);
  }

  /** Returns the number of batches sent to a run. */
  int produced(String run) {
    return produced.getOrDefault(run, 0);
  }

  /** Holds back a run's batches from index {@code batches} on, in every epoch. */
  void holdBack(String run, int batches) {
    holdBack(run, 0, batches);
  }

  /** Holds back a run's batches from index {@code batches} on, in an epoch and in later ones. */
  void holdBack(String run, int epoch, int batches) {
    gatedRun = run;
    gateEpoch = epoch;
    gate = batches;
  }

  /** Makes a run's data set disappear before an epoch. */
  void takeAway(String run, int epoch) {
    goneEpoch = epoch;
    goneFrom = run;
  }

  /** Sets the fingerprint of data sets; null for none. */
  void fingerprint(String data) {
    fingerprint = data;
  }

  /** Returns the fingerprints in a run's tasks for batches. */
  Set<String> asked(String run) {
    return asked.getOrDefault(run, Set.of());
  }

  /**
   * Before each description for a run, sends a description for another request with the same id.
   */
  void answerLate(String run) {
    lateTo = run;
  }

  /** Releases all batches, and makes data sets available again. */
  void letGo() {
    gate = Integer.MAX_VALUE;
    goneFrom = "";
  }

  @Override
  public void failed(Delivery delivery, Throwable failure) {
    throw new AssertionError("a task failed", failure);
  }

  @Override
  public WorkQueue.Outcome work(Delivery delivery) throws Exception {
    BatchTask task = Messages.read(delivery.record().value(), BatchTask.class);
    if (task.source().dataset().name().equals("nowhere")) {
      var failure =
          new TaskFailure(
              null, "dataset.name", "'nowhere' is not known; give one of stripes, wave");
      send(task, BatchHeaders.of(BatchHeaders.Kind.FAILURE), Messages.write(failure));
    } else if (task instanceof BatchTask.Produce produce && isGone(produce)) {
      var failure = new TaskFailure(null, "dataset.name", "'stripes' is not known any longer");
      send(task, BatchHeaders.of(BatchHeaders.Kind.FAILURE), Messages.write(failure));
    } else if (task instanceof BatchTask.Produce produce) {
      return produce(produce, delivery);
    } else {
      DatasetDescription data = SyntheticData.describe(task.source().dataset()).of(fingerprint);
      if (task.source().run().equals(lateTo)) {
        sendLate(task, data);
      }
      send(task, BatchHeaders.of(BatchHeaders.Kind.DESCRIPTION), Messages.write(data));
      if (task.source().augmentation().standardizes()) {
        send(
            task,
            BatchHeaders.of(BatchHeaders.Kind.STATISTICS),
            SyntheticData.standardization(task.source().augmentation()));
      }
    }
    return WorkQueue.Outcome.ACCEPT;
  }

  /** Sends a description and a failure for an earlier run with the same id and more samples. */
  private void sendLate(BatchTask task, DatasetDescription data) throws Exception {
    BatchSource source = task.source();
    var other =
        new BatchTask.Describe(
            null,
            new BatchSource(
                source.run(), source.dataset(), source.augmentation(), 99L, source.batchSize()));
    var larger =
        new DatasetDescription(
            null, data.sampleShape(), 200, 0, 40, data.classes(), null, data.series(), 0);
    send(other, BatchHeaders.of(BatchHeaders.Kind.DESCRIPTION), Messages.write(larger));
    send(
        other,
        BatchHeaders.of(BatchHeaders.Kind.FAILURE),
        Messages.write(new TaskFailure(null, null, "for another run")));
  }

  private boolean isGone(BatchTask.Produce task) {
    return task.source().run().equals(goneFrom)
        && task.part() == Part.TRAIN
        && task.epoch() >= goneEpoch;
  }

  private WorkQueue.Outcome produce(BatchTask.Produce task, Delivery delivery) throws Exception {
    String run = task.source().run();
    if (task.source().fingerprint() != null) {
      asked
          .computeIfAbsent(run, r -> ConcurrentHashMap.newKeySet())
          .add(task.source().fingerprint());
    }
    for (int i = task.firstBatch(); i < task.firstBatch() + task.batchCount(); i++) {
      while (run.equals(gatedRun)
          && task.epoch() >= gateEpoch
          && i >= gate
          && !delivery.shouldStop()) {
        LockSupport.parkNanos(1_000_000);
      }
      if (delivery.shouldStop()) {
        return WorkQueue.Outcome.RELEASE;
      }
      try {
        send(task, BatchHeaders.batch(task.part(), task.epoch(), i), SyntheticData.batch(task, i));
      } catch (ExecutionException e) {
        return WorkQueue.Outcome.ACCEPT;
      }
      produced.merge(run, 1, Integer::sum);
      measure(run);
    }
    return WorkQueue.Outcome.ACCEPT;
  }

  private void send(BatchTask task, BatchHeaders headers, byte[] value) throws Exception {
    var record =
        new ProducerRecord<>(
            Topics.batches(task.source().run()),
            0,
            task.key().getBytes(StandardCharsets.UTF_8),
            value);
    headers.answering(task.source()).addTo(record.headers());
    producer.send(record).get();
  }

  private void measure(String run) throws InterruptedException {
    var topic = new TopicPartition(Topics.batches(run), 0);
    try {
      long end = offset(topic, OffsetSpec.latest());
      long start = offset(topic, OffsetSpec.earliest());
      fullest.merge(run, end - start, Math::max);
    } catch (ExecutionException e) {
      // The run has ended, and its topic is deleted.
      fullest.merge(run, 0L, Math::max);
    }
  }

  private long offset(TopicPartition topic, OffsetSpec spec)
      throws InterruptedException, ExecutionException {
    return admin.listOffsets(Map.of(topic, spec)).partitionResult(topic).get().offset();
  }

  @Override
  public void close() {
    letGo();
    queue.close();
    producer.close();
  }
}
