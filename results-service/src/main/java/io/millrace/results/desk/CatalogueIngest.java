package io.millrace.results.desk;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.messaging.Topics;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jboss.logging.Logger;

/** Reads what augmenters announce, from the beginning on, in every results service. */
@ApplicationScoped
class CatalogueIngest {
  private static final Logger LOG = Logger.getLogger(CatalogueIngest.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final List<TopicPartition> TOPIC = List.of(new TopicPartition(Topics.DATASETS, 0));

  private final Map<String, Object> kafka;
  private final Catalogue catalogue;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final Thread thread = new Thread(this::run, "catalogue");

  CatalogueIngest(
      @Identifier("default-kafka-broker") Map<String, Object> kafka, Catalogue catalogue) {
    this.kafka = kafka;
    this.catalogue = catalogue;
  }

  void start(@Observes StartupEvent event) {
    thread.setDaemon(true);
    thread.start();
  }

  void stop(@Observes ShutdownEvent event) {
    stopping.countDown();
  }

  private void run() {
    while (stopping.getCount() > 0) {
      try (var consumer = consumer()) {
        consumer.assign(TOPIC);
        consumer.seekToBeginning(TOPIC);
        while (stopping.getCount() > 0) {
          consumer.poll(POLL).forEach(this::take);
        }
      } catch (KafkaException e) {
        LOG.warnf("the catalogue of data sets cannot be read: %s; trying again", e.getMessage());
        pause();
      }
    }
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    try {
      if (record.key() != null) {
        catalogue.take(new String(record.key(), StandardCharsets.UTF_8), record.value());
      }
    } catch (InvalidMessageException e) {
      LOG.warnf(
          "%s-%d@%d is no announcement of a data set: %s",
          record.topic(), record.partition(), record.offset(), e.getMessage());
    }
  }

  private void pause() {
    try {
      stopping.await(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private KafkaConsumer<byte[], byte[]> consumer() {
    var settings = new HashMap<>(kafka);
    settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    settings.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, 5_000);
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }
}
