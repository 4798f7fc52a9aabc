package io.millrace.messaging;

import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.Augmentation;
import io.millrace.contracts.request.TrainingRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;

/** The names of the topics and of the share groups that work on them, and how topics are kept. */
public final class Topics {
  /** Requests: JSON, the key is the run. The queue of the share group {@link #TRAINERS}. */
  public static final String TRAINING_REQUESTS = "training-requests";

  /** Requests for many runs: JSON, the key is the base of the runs' ids. */
  public static final String TRAINING_SWEEPS = "training-sweeps";

  /** Requests that were refused, as they were, with the reason in headers. */
  public static final String TRAINING_REQUESTS_DLQ = "training-requests-dlq";

  /** Tasks: JSON, the key is the task. The queue of the share group {@link #AUGMENTERS}. */
  public static final String BATCH_TASKS = "batch-tasks";

  /** Events: JSON, the key is the run. */
  public static final String TRAINING_EVENTS = "training-events";

  /** Commands: JSON, the key is the run; every trainer and augmenter reads all of them. */
  public static final String TRAINING_COMMANDS = "training-commands";

  /**
   * Statistics of training parts, as safetensors: the key is the digest of what they depend on. Of
   * each key the last record is kept; those of one key are alike.
   */
  public static final String DATASET_STATISTICS = "dataset-statistics";

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
   * Header of a request that a trainer has put back on the queue: the place of the record that it
   * stands for, {@code topic-partition@offset}.
   */
  public static final String SUCCESSOR_OF = "millrace-successor-of";

  /** The most bytes of a record of statistics: the largest whitening matrix and its header. */
  public static final int MAX_STATISTICS_RECORD_BYTES =
      Augmentation.MAX_ZCA_VALUES * Augmentation.MAX_ZCA_VALUES * Float.BYTES + (1 << 20);

  /**
   * The most bytes of a record on a batch topic: a batch, its labels and its header, or statistics.
   */
  public static final int MAX_BATCH_RECORD_BYTES =
      Math.max(TrainingRequest.MAX_BATCH_BYTES + (2 << 20), MAX_STATISTICS_RECORD_BYTES);

  private static final int PARTITIONS = 4;
  private static final int SEGMENT_BYTES = 2 * MAX_BATCH_RECORD_BYTES;

  private Topics() {}

  /**
   * The topic of a run's batches, {@code batches.<run>}. It lives as long as the run trains. Kafka
   * takes no two topics that differ only in {@code .} and {@code _}, so that the topic of a run
   * with a dot in its id ends in {@code -<digest of the id>}, 8 hexadecimal digits.
   */
  public static String batches(String run) {
    return "batches." + run + (run.contains(".") ? "-" + digest(run) : "");
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
   * The topics that always exist.
   *
   * @param replicationFactor of each; empty for the broker's default
   */
  public static List<NewTopic> durable(Optional<Short> replicationFactor) {
    return List.of(
        // A run is handed on for as long as its request is there: longer than any training takes.
        topic(TRAINING_REQUESTS, PARTITIONS, replicationFactor, Duration.ofDays(365)),
        topic(TRAINING_SWEEPS, PARTITIONS, replicationFactor, Duration.ofDays(365)),
        topic(TRAINING_REQUESTS_DLQ, 1, replicationFactor, Duration.ofDays(30)),
        topic(BATCH_TASKS, PARTITIONS, replicationFactor, Duration.ofHours(1)),
        topic(TRAINING_EVENTS, PARTITIONS, replicationFactor, Duration.ofDays(365)),
        topic(TRAINING_COMMANDS, 1, replicationFactor, Duration.ofDays(7)),
        statisticsTopic(replicationFactor));
  }

  /** What was not needed for a month goes: it can be computed again. */
  private static NewTopic statisticsTopic(Optional<Short> replicationFactor) {
    return new NewTopic(DATASET_STATISTICS, Optional.of(1), replicationFactor)
        .configs(
            Map.of(
                TopicConfig.CLEANUP_POLICY_CONFIG,
                TopicConfig.CLEANUP_POLICY_COMPACT + "," + TopicConfig.CLEANUP_POLICY_DELETE,
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

  private static NewTopic topic(
      String name, int partitions, Optional<Short> replicationFactor, Duration retention) {
    return new NewTopic(name, Optional.of(partitions), replicationFactor)
        .configs(
            Map.of(
                TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(Messages.MAX_BYTES + 65_536),
                TopicConfig.RETENTION_MS_CONFIG, Long.toString(retention.toMillis())));
  }
}
