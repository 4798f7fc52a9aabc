package io.millrace.results.admission;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.messaging.KafkaSettings;
import io.millrace.messaging.TopicTail;
import io.millrace.messaging.Topics;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jboss.logging.Logger;

/** Reads the data set announcements from the start of their topic, in every results service. */
@ApplicationScoped
class CatalogueIngest {
  private static final Logger LOG = Logger.getLogger(CatalogueIngest.class);

  private final Catalogue catalogue;
  private final TopicTail announcements;

  CatalogueIngest(KafkaCluster cluster, Catalogue catalogue) {
    this.catalogue = catalogue;
    announcements =
        new TopicTail(
            cluster.settings(), Topics.DATASETS, KafkaSettings.From.BEGINNING, this::take);
  }

  void start(@Observes StartupEvent event) {
    announcements.start();
  }

  void stop(@Observes ShutdownEvent event) {
    announcements.close();
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    try {
      if (record.key() != null) {
        catalogue.take(new String(record.key(), StandardCharsets.UTF_8), record.value());
      }
    } catch (InvalidMessageException e) {
      LOG.warnf(
          "%s-%d@%d is not a data set announcement: %s",
          record.topic(), record.partition(), record.offset(), e.getMessage());
    }
  }
}
