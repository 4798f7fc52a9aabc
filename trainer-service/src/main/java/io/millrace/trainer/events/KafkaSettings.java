package io.millrace.trainer.events;

import io.millrace.contracts.json.Messages;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * How this service's clients talk to Kafka.
 *
 * @param common what every client needs: at least {@code bootstrap.servers}
 * @param replicationFactor of the durable topics; empty for the broker's default
 */
public record KafkaSettings(Map<String, Object> common, Optional<Short> replicationFactor) {
  /** The most bytes that a consumer of batches holds beside the batches it has handed over. */
  private static final int FETCH_BYTES = 16 << 20;

  /** Where Kafka is: {@code host:port}, separated by commas. */
  public String bootstrapServers() {
    return common.get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG).toString();
  }

  /** An administrator that gives up on a call after 15 seconds. */
  public Admin admin() {
    var config = new HashMap<>(common());
    config.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);
    config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 15_000);
    return Admin.create(config);
  }

  /** A producer of events, tasks and dead letters: each once and in order, on all replicas. */
  public Producer<byte[], byte[]> producer() {
    var config = new HashMap<>(common());
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Messages.MAX_BYTES + 65_536);
    config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** A reader of whole partitions, in no group. */
  public Consumer<byte[], byte[]> reader() {
    var config = new HashMap<>(common());
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    config.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
    config.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCH_BYTES);
    return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }
}
