package io.millrace.messaging;

import io.millrace.contracts.json.Messages;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The settings of the services' Kafka clients, with one kind of client for each purpose. Every
 * consumer reads only committed records.
 *
 * @param common settings of every client: at least {@code bootstrap.servers}
 * @param replicationFactor replication factor of the durable topics; empty for the broker's default
 */
public record KafkaSettings(Map<String, Object> common, Optional<Short> replicationFactor) {
  /** The most bytes that a reader buffers. */
  private static final int FETCH_BYTES = 16 << 20;

  private static final int REQUEST_TIMEOUT_MILLIS = 5_000;
  private static final int API_TIMEOUT_MILLIS = 10_000;
  private static final int BATCH_REQUEST_TIMEOUT_MILLIS = 10_000;
  private static final int BATCH_DELIVERY_TIMEOUT_MILLIS = 15_000;
  private static final long BATCH_MAX_BLOCK_MILLIS = 3_000;
  private static final long PROMPT_BUFFER_BYTES = 16 << 20;

  /** How long an open transaction of a dead producer may block readers. */
  private static final int TRANSACTION_TIMEOUT_MILLIS = 30_000;

  private static final int SESSION_TIMEOUT_MILLIS = 10_000;
  private static final int METADATA_MAX_AGE_MILLIS = 5_000;

  /** Where a reader starts, and restarts if its offset no longer exists. */
  public enum From {
    /** At the oldest record. */
    BEGINNING("earliest"),
    /** At the next record. */
    END("latest");

    private final String reset;

    From(String reset) {
      this.reset = reset;
    }
  }

  /** Copies the settings. */
  public KafkaSettings {
    common = Map.copyOf(common);
  }

  /**
   * The settings in properties, see {@link ClientSettings}.
   *
   * @param names the names of all properties
   * @param value returns a property's value by its dotted name
   */
  public static KafkaSettings of(
      Iterable<String> names,
      Function<String, Optional<String>> value,
      Optional<Short> replicationFactor) {
    return new KafkaSettings(ClientSettings.of(names, value), replicationFactor);
  }

  /** The bootstrap servers: {@code host:port}, separated by commas. */
  public String bootstrapServers() {
    return common.get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG).toString();
  }

  /** An admin client whose calls time out after 10 seconds. */
  public Admin admin() {
    return Admin.create(administration());
  }

  Map<String, Object> administration() {
    var config = new HashMap<>(common);
    config.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MILLIS);
    config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, API_TIMEOUT_MILLIS);
    return config;
  }

  /**
   * A producer of messages that writes each once and in order to all replicas. If the broker is
   * unavailable, it waits for at most two minutes.
   */
  public Producer<byte[], byte[]> producer() {
    return opened(messages());
  }

  /** A producer of messages that succeeds or fails within 10 seconds. */
  public Producer<byte[], byte[]> promptProducer() {
    return opened(prompt());
  }

  /**
   * A prompt producer of messages in transactions.
   *
   * @param id the transactional id; a new producer with the id fences the old one
   */
  public Producer<byte[], byte[]> transactionalProducer(String id) {
    var config = prompt();
    config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, id);
    config.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, TRANSACTION_TIMEOUT_MILLIS);
    return opened(config);
  }

  /**
   * A producer of batches. A batch can be computed again, so one broker's acknowledgement is
   * enough. With one request in flight a retry cannot overtake another request, so batches stay in
   * order without the idempotent producer, whose state on the broker would outlive every batch
   * topic. A duplicate batch is harmless, because a trainer drops batches that it has applied.
   */
  public Producer<byte[], byte[]> batchProducer() {
    var config = new HashMap<>(common);
    config.put(ProducerConfig.ACKS_CONFIG, "1");
    config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, false);
    config.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
    config.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "none");
    config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Topics.MAX_BATCH_RECORD_BYTES);
    config.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 2L * Topics.MAX_BATCH_RECORD_BYTES);
    config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, BATCH_MAX_BLOCK_MILLIS);
    config.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, BATCH_REQUEST_TIMEOUT_MILLIS);
    config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, BATCH_DELIVERY_TIMEOUT_MILLIS);
    return opened(config);
  }

  /** A reader of whole partitions from the beginning, without a group. */
  public Consumer<byte[], byte[]> reader() {
    return reader(From.BEGINNING);
  }

  /** A reader of whole partitions, without a group, that never creates a topic. */
  public Consumer<byte[], byte[]> reader(From from) {
    var config = new HashMap<>(common);
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, from.reset);
    config.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
    config.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCH_BYTES);
    return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /**
   * A member of a consumer group that commits its offsets explicitly, or in a transaction. It times
   * out after 10 seconds and finds new topics within 5 seconds.
   *
   * @param id the static member id; a member that rejoins with its id continues at once
   * @param maxPollRecords the most records of a poll
   */
  public Consumer<byte[], byte[]> member(String group, String id, int maxPollRecords) {
    var config = new HashMap<>(common);
    config.put(ConsumerConfig.GROUP_ID_CONFIG, group);
    config.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, id);
    config.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SESSION_TIMEOUT_MILLIS);
    config.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, SESSION_TIMEOUT_MILLIS / 4);
    config.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, METADATA_MAX_AGE_MILLIS);
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, From.BEGINNING.reset);
    config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, maxPollRecords);
    config.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
    config.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCH_BYTES);
    return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /**
   * A member of a share group that takes one record at a time and acknowledges it explicitly. The
   * isolation level is a setting of the group, see {@link TopicProvisioner}.
   *
   * @param fetchMillis how long the broker waits for a record before it returns none; a member that
   *     leaves waits for this answer
   */
  KafkaShareConsumer<byte[], byte[]> shareMember(String group, int fetchMillis) {
    var config = new HashMap<>(common);
    config.put(ConsumerConfig.GROUP_ID_CONFIG, group);
    config.put(ConsumerConfig.SHARE_ACKNOWLEDGEMENT_MODE_CONFIG, "explicit");
    config.put(ConsumerConfig.SHARE_ACQUIRE_MODE_CONFIG, "record_limit");
    config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
    config.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, fetchMillis);
    return new KafkaShareConsumer<>(
        config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private Map<String, Object> messages() {
    var config = new HashMap<>(common);
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Messages.MAX_BYTES + 65_536);
    config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    return config;
  }

  private Map<String, Object> prompt() {
    var config = messages();
    config.put(ProducerConfig.BUFFER_MEMORY_CONFIG, PROMPT_BUFFER_BYTES);
    config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MILLIS);
    config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, (long) API_TIMEOUT_MILLIS);
    config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, API_TIMEOUT_MILLIS);
    return config;
  }

  private static Producer<byte[], byte[]> opened(Map<String, Object> config) {
    return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
  }
}
