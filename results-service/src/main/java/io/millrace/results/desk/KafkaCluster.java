package io.millrace.results.desk;

import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;

/** The cluster that requests come from. */
@ApplicationScoped
public class KafkaCluster {
  private static final int TIMEOUT_MILLIS = 5_000;

  private final Map<String, Object> settings;
  private volatile String id;

  KafkaCluster(@Identifier("default-kafka-broker") Map<String, Object> kafka) {
    settings = new HashMap<>(kafka);
    settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
    settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
  }

  /** An administrator that gives up on a call after 5 seconds. */
  Admin admin() {
    return Admin.create(settings);
  }

  /**
   * Its id; asks Kafka for it once. Blocks.
   *
   * @throws KafkaException where no broker answers
   */
  public String id() {
    if (id == null) {
      try (Admin admin = admin()) {
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
