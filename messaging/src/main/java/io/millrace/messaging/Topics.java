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

/** The names of the topics and of the share groups that work on them, and how topics are kept. */
public final class Topics {
  /**
   * What users ask for: JSON, one run or many; the key is the run, or the base of the runs' ids.
   * The desk answers each record.
   */
  public static final String TRAINING_REQUESTS = "training-requests";

  /** Another name of {@link #TRAINING_REQUESTS}, for one version. */
  public static final String TRAINING_SWEEPS = "training-sweeps";

  /**
   * Accepted runs: JSON, the key is the run. The queue of the share group {@link #TRAINERS}, for
   * priority 0; see {@link #queue}.
   */
  public static final String TRAINING_QUEUE = "training-queue";

  /** Requests that were refused, as they were, with the reason in headers. */
  public static final String TRAINING_REQUESTS_DLQ = "training-requests-dlq";

  /** Tasks: JSON, the key is the task. The queue of the share group {@link #AUGMENTERS}. */
  public static final String BATCH_TASKS = "batch-tasks";

  /** Events: JSON, the key is the run. */
  public static final String TRAINING_EVENTS = "training-events";

  /** Records of {@link #TRAINING_EVENTS} that no results service can take in, with the reason. */
  public static final String TRAINING_EVENTS_DLQ = "training-events-dlq";

  /** Commands: JSON, the key is the run; every trainer and augmenter reads all of them. */
  public static final String TRAINING_COMMANDS = "training-commands";

  /**
   * Statistics of training parts, as safetensors: the key is the digest of what they depend on. Of
   * each key the last record is kept; those of one key are alike.
   */
  public static final String DATASET_STATISTICS = "dataset-statistics";

  /** What augmenters can serve: JSON, the key is {@code <dataset>@<augmenter>}, compacted. */
  public static final String DATASETS = "datasets";

  /** The consumer group of the desk, which reads {@link #TRAINING_REQUESTS}. */
  public static final String DESK = "desk";

  /** The share group of the trainers. */
  public static final String TRAINERS = "trainers";

  /** The share group of the augmenters. */
  public static final String AUGMENTERS = "augmenters";

  /** Header of a dead letter: the path of the field that is to blame, or empty. */
  public static final String DLQ_FIELD = "millrace-field";

  /** Header of a dead letter: why it was refused. */
  public static final String DLQ_REASON = "millrace-reason";

  /** Header of a dead letter: the run under which it was refused. */
  public static final String DLQ_RUN = "millrace-run";

  /**
   * Header of an event: the version of the claim under which a trainer told it, in decimal. Of one
   * run, an event that follows one of a higher version comes from a trainer that had lost the run,
   * and does not count. Absent of a request that was refused before it was claimed.
   */
  public static final String CLAIM = "millrace-claim";

  /**
   * Header of a queued run: when its request came, in milliseconds since 1970 by the broker's
   * clock, in decimal. A trainer that puts the run back keeps it. What was cancelled before that
   * does not count.
   */
  public static final String REQUESTED_AT = "millrace-requested-at";

  /** Header of a request that was submitted over HTTP: whose token it was. */
  public static final String OWNER = "millrace-owner";

  /**
   * Header of a queued run that was put back: the place of the record that it stands for, {@code
   * topic-partition@offset}. It counts on the queue alone, where users cannot write.
   */
  public static final String SUCCESSOR_OF = "millrace-successor-of";

  /**
   * Header of a queued run, which may be absent: the highest version of a claim that was seen of
   * the run, in decimal; the next claim has to have a higher one. Where a model store was restored
   * from an older backup its claims begin lower, and events under those would not count.
   */
  public static final String CLAIM_FLOOR = "millrace-claim-floor";

  /**
   * Header of a queued run that trainers have handed on because they did not understand it: since
   * when, in milliseconds since 1970 by the broker's clock, in decimal.
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
   * The topic of a run's batches, {@code batches.<run>}. It lives as long as the run trains. Kafka
   * takes no two topics that differ only in {@code .} and {@code _}, so that the topic of a run
   * with a dot in its id ends in {@code -<digest of the id>}, 8 hexadecimal digits.
   */
  public static String batches(String run) {
    return BATCHES + run + (run.contains(".") ? "-" + digest(run) : "");
  }

  /** Whether a topic is that of a run's batches. */
  static boolean isBatches(String topic) {
    return topic.startsWith(BATCHES);
  }

  /** The run whose batches a topic holds; empty where it is not the topic of any. */
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

  /** The topics of the queue, the most urgent one first. */
  public static List<String> queues() {
    return IntStream.rangeClosed(0, TrainingRequest.MAX_PRIORITY)
        .mapToObj(level -> queue(TrainingRequest.MAX_PRIORITY - level))
        .toList();
  }

  /**
   * The topics that always exist.
   *
   * @param replicationFactor of each; empty for the broker's default
   */
  public static List<NewTopic> durable(Optional<Short> replicationFactor) {
    var topics = new ArrayList<NewTopic>();
    // A database that is empty is filled again from requests and events, for as long as they are
    // there.
    topics.add(topic(TRAINING_REQUESTS, PARTITIONS, replicationFactor, YEAR, false));
    topics.add(topic(TRAINING_SWEEPS, PARTITIONS, replicationFactor, YEAR, false));
    // A run is handed on for as long as its record is there: longer than any training takes.
    // One partition: of several, a share group gives each member some, and a trainer that is busy
    // for hours would keep those of its own from trainers that are idle. One is shared by all.
    queues().forEach(queue -> topics.add(topic(queue, 1, replicationFactor, YEAR, false)));
    topics.add(topic(TRAINING_REQUESTS_DLQ, 1, replicationFactor, Duration.ofDays(30), false));
    topics.add(topic(TRAINING_EVENTS_DLQ, 1, replicationFactor, Duration.ofDays(30), false));
    topics.add(topic(BATCH_TASKS, PARTITIONS, replicationFactor, Duration.ofHours(1), false));
    topics.add(topic(TRAINING_EVENTS, PARTITIONS, replicationFactor, YEAR, false));
    // Of each run the last command, for as long as its request may be queued.
    topics.add(topic(TRAINING_COMMANDS, 1, replicationFactor, YEAR, true));
    topics.add(statisticsTopic(replicationFactor));
    // What an augmenter has not announced again for a week is gone.
    topics.add(topic(DATASETS, 1, replicationFactor, Duration.ofDays(7), true));
    return List.copyOf(topics);
  }

  /** What was not needed for a month goes: it can be computed again. */
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
   * A run's batch topic. Its records can be computed again, so one replica serves; what was read is
   * deleted by the trainer, and its disk space freed a segment of {@code 2 · }{@link
   * #MAX_BATCH_RECORD_BYTES} at a time.
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

  /** Times of records are the broker's: they decide what came first. */
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
