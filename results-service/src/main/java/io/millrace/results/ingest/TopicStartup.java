package io.millrace.results.ingest;

import io.millrace.messaging.TopicProvisioner;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Makes the topics that are missing, beside the start: the consumers find a topic within seconds of
 * its making. Where the broker is away, it tries again.
 */
@ApplicationScoped
public class TopicStartup {
  private static final Logger LOG = Logger.getLogger(TopicStartup.class);
  private static final int TIMEOUT_MILLIS = 5_000;
  private static final long RETRY_SECONDS = 2;

  private final Map<String, Object> settings;
  private final Optional<Short> replicationFactor;
  private final ScheduledExecutorService attempts =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            var thread = new Thread(task, "topics");
            thread.setDaemon(true);
            return thread;
          });

  TopicStartup(
      @Identifier("default-kafka-broker") Map<String, Object> kafka,
      @ConfigProperty(name = "millrace.kafka.replication-factor")
          Optional<Short> replicationFactor) {
    settings = settings(kafka);
    this.replicationFactor = replicationFactor;
  }

  /** Every {@code kafka.*} property, as the consumers get them, and this client's own patience. */
  static Map<String, Object> settings(Map<String, Object> kafka) {
    var settings = new HashMap<>(kafka);
    settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
    settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
    return settings;
  }

  void start(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) StartupEvent event) {
    attempts.execute(this::ensure);
  }

  void stop(@Observes ShutdownEvent event) {
    attempts.shutdownNow();
  }

  private void ensure() {
    try (Admin admin = Admin.create(settings)) {
      new TopicProvisioner(admin).ensureDurable(replicationFactor);
      attempts.shutdown();
      LOG.info("the topics are there");
    } catch (KafkaException e) {
      if (!attempts.isShutdown()) {
        LOG.warnf("the topics cannot be made yet: %s", e.getMessage());
        attempts.schedule(this::ensure, RETRY_SECONDS, TimeUnit.SECONDS);
      }
    }
  }
}
