package io.millrace.results.admission;

import io.millrace.messaging.KafkaSettings;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;

/** The Kafka cluster that requests come from. */
@ApplicationScoped
public class KafkaCluster {
  private final KafkaSettings settings;
  private volatile String id;

  KafkaCluster(@Identifier("default-kafka-broker") Map<String, Object> kafka) {
    settings = new KafkaSettings(kafka, Optional.empty());
  }

  /** The connection settings. */
  KafkaSettings settings() {
    return settings;
  }

  /**
   * The cluster id, which is requested from Kafka once. Blocks.
   *
   * @throws KafkaException if no broker answers
   */
  public String id() {
    if (id == null) {
      try (Admin admin = settings.admin()) {
        id = id(admin);
      }
    }
    return id;
  }

  private static String id(Admin admin) {
    try {
      return admin.describeCluster().clusterId().get();
    } catch (ExecutionException e) {
      throw new KafkaException(e.getCause().getMessage(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptException(e);
    }
  }
}
