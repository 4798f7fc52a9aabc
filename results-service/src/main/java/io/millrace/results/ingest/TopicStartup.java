package io.millrace.results.ingest;

import io.millrace.messaging.KafkaSettings;
import io.millrace.messaging.TopicProvisioner;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Creates missing topics in the background during startup. The consumers find a new topic within
 * seconds. While the broker is unavailable, it retries.
 */
@ApplicationScoped
public class TopicStartup {
  private static final Logger LOG = Logger.getLogger(TopicStartup.class);
  private static final long RETRY_SECONDS = 2;

  private final KafkaSettings settings;
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
    settings = new KafkaSettings(kafka, replicationFactor);
  }

  void start(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) StartupEvent event) {
    attempts.execute(this::ensure);
  }

  void stop(@Observes ShutdownEvent event) {
    attempts.shutdownNow();
  }

  private void ensure() {
    try (Admin admin = settings.admin()) {
      new TopicProvisioner(admin).ensureDurable(settings.replicationFactor());
      attempts.shutdown();
      LOG.info("all topics exist");
    } catch (KafkaException e) {
      if (!attempts.isShutdown()) {
        LOG.warnf("the topics cannot be created yet: %s", e.getMessage());
        attempts.schedule(this::ensure, RETRY_SECONDS, TimeUnit.SECONDS);
      }
    }
  }
}
