package io.millrace.augmentation.intake;

import io.millrace.messaging.ClientSettings;
import io.millrace.messaging.Topics;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.eclipse.microprofile.config.Config;

/** Settings of the Kafka clients. */
final class KafkaSettings {
  private static final int REQUEST_TIMEOUT_MILLIS = 10_000;
  private static final int DELIVERY_TIMEOUT_MILLIS = 15_000;
  private static final int MAX_BLOCK_MILLIS = 3_000;

  private final Map<String, Object> common;

  KafkaSettings(Config config) {
    common =
        ClientSettings.of(
            config.getPropertyNames(), name -> config.getOptionalValue(name, String.class));
  }

  /** For a consumer or an admin client. */
  Map<String, Object> common() {
    return common;
  }

  /**
   * For the producer of batches. A batch can be made again, so one broker's word is enough; with
   * one request in flight a repeated one cannot overtake another, so batches stay in order without
   * the idempotent producer, whose state on the broker would outlive every batch topic. A batch
   * that arrives twice does no harm: a trainer drops what it has applied.
   */
  Map<String, Object> producer() {
    var settings = new HashMap<>(common);
    settings.put(ProducerConfig.ACKS_CONFIG, "1");
    settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, false);
    settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
    settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "none");
    settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, Topics.MAX_BATCH_RECORD_BYTES);
    settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 2L * Topics.MAX_BATCH_RECORD_BYTES);
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MILLIS);
    settings.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MILLIS);
    settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_TIMEOUT_MILLIS);
    return settings;
  }
}
