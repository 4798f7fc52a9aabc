package io.millrace.messaging;

import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.Augmentation;
import io.millrace.contracts.request.TrainingRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;

/** Names of topics, groups and headers, and the settings of topics. */
public final class Topics {
  /**
   * Requests of users: JSON, for one run or many; the key is the run id, or the base of the run
   * ids. Admission answers each record.
   */
  public static final String TRAINING_REQUESTS = "training-requests";

  /** Another name of {@link #TRAINING_REQUESTS}, for this version only. */
  public static final String TRAINING_SWEEPS = "training-sweeps";

  /**
   * Accepted runs: JSON, the key is the run id. The queue of the share group {@link #TRAINERS} for
   * priority 0; see {@link #queue}.
   */
  public static final String TRAINING_QUEUE = "training-queue";

  /** Refused requests in their original form, with the reason in headers. */
  public static final String TRAINING_REQUESTS_DLQ = "training-requests-dlq";

  /** Tasks: JSON, the key is the task's key. The queue of the share group {@link #AUGMENTERS}. */
  public static final String BATCH_TASKS = "batch-tasks";

  /** Events: JSON, the key is the run id. */
  public static final String TRAINING_EVENTS = "training-events";

  /** Records of {@link #TRAINING_EVENTS} that the results service cannot store, with the reason. */
  public static final String TRAINING_EVENTS_DLQ = "training-events-dlq";

  /**
   * Commands: JSON, the key is the run id. Every trainer and augmentation service reads them all.
   */
  public static final String TRAINING_COMMANDS = "training-commands";

  /**
   * Statistics of training parts, as safetensors. The key is the digest of everything they depend
   * on, so records with the same key are identical. Compacted.
   */
  public static final String DATASET_STATISTICS = "dataset-statistics";

  /** The catalogue of data sets: JSON, the key is {@code <dataset>@<augmenter>}. Compacted. */
  public static final String DATASETS = "datasets";

  /** The consumer group of admission, which reads {@link #TRAINING_REQUESTS}. */
  public static final String DESK = "desk";

  /** The share group of the trainers. */
  public static final String TRAINERS = "trainers";

  /** The share group of the augmentation services. */
  public static final String AUGMENTERS = "augmenters";

  /** Header of a dead letter: the path of the field at fault, or empty. */
  public static final String DLQ_FIELD = "millrace-field";

  /** Header of a dead letter: the reason. */
  public static final String DLQ_REASON = "millrace-reason";

  /** Header of a dead letter: the run id under which it was refused. */
  public static final String DLQ_RUN = "millrace-run";

  /**
   * Header of an event: the version of the trainer's claim, in decimal. An event after one of the
   * same run with a higher version comes from a trainer that had lost the run, and does not count.
   * Absent if the request was refused before a trainer claimed it.
   */
  public static final String CLAIM = "millrace-claim";

  /**
   * Header of a queued run: when its request arrived, in milliseconds since 1970 by the broker's
   * clock, in decimal. A trainer that puts the run back keeps it. Earlier cancellations do not
   * count.
   */
  public static final String REQUESTED_AT = "millrace-requested-at";

  /** Header of a request over HTTP: the name of the token. */
  public static final String OWNER = "millrace-owner";

  /**
   * Header of a queued run that was put back: the place of the record that it replaces, {@code
   * topic-partition@offset}. It counts only on the queue, where users cannot write.
   */
  public static final String SUCCESSOR_OF = "millrace-successor-of";

  /**
   * Optional header of a queued run: the highest known claim version of the run, in decimal. The
   * next claim must have a higher version. After a restore of the model store from an older backup,
   * claims would start lower, and their events would not count.
   */
  public static final String CLAIM_FLOOR = "millrace-claim-floor";

  /**
   * Header of a queued run that trainers put back because they cannot read its request: when the
   * first one did, in milliseconds since 1970 by the broker's clock, in decimal.
   */
  public static final String HANDED_ON_SINCE = "millrace-handed-on-since";

  /** The most bytes of a record of statistics: the largest whitening matrix and its header. */
  public static final int MAX_STATISTICS_RECORD_BYTES =
      Augmentation.MAX_ZCA_VALUES * Augmentation.MAX_ZCA_VALUES * Float.BYTES + (1 << 20);

  /**
   * The most bytes of a record on a batch topic: a batch, its labels and its header, or statistics.
   */
  public static final int MAX_BATCH_RECORD_BYTES =
      Math.max(TrainingRequest.MAX_BATCH_BYTES + (2 << 20), MAX_STATISTICS_RECORD_BYTES);

  private static final String COMPACT_AND_DELETE =
      TopicConfig.CLEANUP_POLICY_COMPACT + "," + TopicConfig.CLEANUP_POLICY_DELETE;
  private static final String BATCHES = "batches.";
  private static final Duration YEAR = Duration.ofDays(365);
  private static final int PARTITIONS = 4;
  private static final int SEGMENT_BYTES = 2 * MAX_BATCH_RECORD_BYTES;

  private Topics() {}

  /**
   * The topic of a run's batches, {@code batches.<run>}. It exists while the run trains. Kafka does
   * not allow two topics that differ only in {@code .} and {@code _}, so the topic of a run with a
   * dot in its id ends in {@code -<digest of the id>}, 8 hexadecimal digits.
   */
  public static String batches(String run) {
    return BATCHES + run + (run.contains(".") ? "-" + digest(run) : "");
  }

  /** Whether a topic is a batch topic. */
  static boolean isBatches(String topic) {
    return topic.startsWith(BATCHES);
  }

  /** The run id of a batch topic; empty if it is not a batch topic. */
  static Optional<String> runOf(String topic) {
    if (!isBatches(topic)) {
      return Optional.empty();
    }
    String run = topic.substring(BATCHES.length());
    int digest = run.lastIndexOf('-');
    return Stream.of(run, run.substring(0, Math.max(0, digest)))
        .filter(candidate -> batches(candidate).equals(topic))
        .findFirst();
  }

  private static String digest(String run) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(run.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 4);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  /**
   * The topic of the queue for a priority.
   *
   * @param priority 0..{@value TrainingRequest#MAX_PRIORITY}
   */
  public static String queue(int priority) {
    return priority == 0 ? TRAINING_QUEUE : TRAINING_QUEUE + "-" + priority;
  }

  /** The topics of the queue, the most urgent first. */
  public static List<String> queues() {
    return IntStream.rangeClosed(0, TrainingRequest.MAX_PRIORITY)
        .mapToObj(level -> queue(TrainingRequest.MAX_PRIORITY - level))
        .toList();
  }

  /**
   * The permanent topics.
   *
   * @param replicationFactor their replication factor; empty for the broker's default
   */
  public static List<NewTopic> durable(Optional<Short> replicationFactor) {
    var topics = new ArrayList<NewTopic>();
    // An empty database is rebuilt from requests and events, as far back as they are kept.
    topics.add(topic(TRAINING_REQUESTS, PARTITIONS, replicationFactor, YEAR, false));
    topics.add(topic(TRAINING_SWEEPS, PARTITIONS, replicationFactor, YEAR, false));
    // A run can be redelivered while its record exists, so it is kept longer than any training
    // takes. One partition: with several, a share group assigns some to each member, and a trainer
    // that is busy for hours would block its partitions for idle trainers. All members share a
    // single one.
    queues().forEach(queue -> topics.add(topic(queue, 1, replicationFactor, YEAR, false)));
    topics.add(topic(TRAINING_REQUESTS_DLQ, 1, replicationFactor, Duration.ofDays(30), false));
    topics.add(topic(TRAINING_EVENTS_DLQ, 1, replicationFactor, Duration.ofDays(30), false));
    topics.add(topic(BATCH_TASKS, PARTITIONS, replicationFactor, Duration.ofHours(1), false));
    topics.add(topic(TRAINING_EVENTS, PARTITIONS, replicationFactor, YEAR, false));
    // The last command of each run is kept as long as its request may be queued.
    topics.add(topic(TRAINING_COMMANDS, 1, replicationFactor, YEAR, true));
    topics.add(statisticsTopic(replicationFactor));
    // Entries that no augmentation service announces again within a week expire.
    topics.add(topic(DATASETS, 1, replicationFactor, Duration.ofDays(7), true));
    return List.copyOf(topics);
  }

  /** Statistics expire after a month; they can be computed again. */
  private static NewTopic statisticsTopic(Optional<Short> replicationFactor) {
    return new NewTopic(DATASET_STATISTICS, Optional.of(1), replicationFactor)
        .configs(
            Map.of(
                TopicConfig.CLEANUP_POLICY_CONFIG,
                COMPACT_AND_DELETE,
                TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                Integer.toString(MAX_STATISTICS_RECORD_BYTES),
                TopicConfig.SEGMENT_BYTES_CONFIG,
                Integer.toString(SEGMENT_BYTES),
                TopicConfig.RETENTION_MS_CONFIG,
                Long.toString(Duration.ofDays(30).toMillis())));
  }

  /**
   * A run's batch topic. Its records can be computed again, so one replica is enough. The trainer
   * deletes records that it has read; their disk space is freed in segments of {@code 2 · }{@link
   * #MAX_BATCH_RECORD_BYTES}.
   */
  public static NewTopic batchTopic(String run, int partitions) {
    return new NewTopic(batches(run), partitions, (short) 1)
        .configs(
            Map.of(
                TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(MAX_BATCH_RECORD_BYTES),
                TopicConfig.SEGMENT_BYTES_CONFIG, Integer.toString(SEGMENT_BYTES),
                TopicConfig.FILE_DELETE_DELAY_MS_CONFIG, "1000",
                TopicConfig.RETENTION_MS_CONFIG, Long.toString(Duration.ofDays(1).toMillis())));
  }

  /** A topic whose record times are the broker's, because they decide which record came first. */
  private static NewTopic topic(
      String name,
      int partitions,
      Optional<Short> replicationFactor,
      Duration retention,
      boolean compacted) {
    var configs = new HashMap<String, String>();
    if (compacted) {
      configs.put(TopicConfig.CLEANUP_POLICY_CONFIG, COMPACT_AND_DELETE);
    }
    configs.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");
    configs.put(
        TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(Messages.MAX_BYTES + 65_536));
    configs.put(TopicConfig.RETENTION_MS_CONFIG, Long.toString(retention.toMillis()));
    return new NewTopic(name, Optional.of(partitions), replicationFactor).configs(configs);
  }
}
