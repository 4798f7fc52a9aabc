package io.millrace.results.ingest;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.messaging.KafkaSettings;
import io.millrace.messaging.QueueDepth;
import io.millrace.messaging.Topics;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.jboss.logging.Logger;

/**
 * How much work waits in the queues, for who starts trainers and augmenters by it. This service
 * tells it because it runs also where none of those does.
 */
@ApplicationScoped
public class QueueDepths {
  private static final Logger LOG = Logger.getLogger(QueueDepths.class);
  private static final long PERIOD_SECONDS = 2;

  /** Of each share group, the topics of its queue. */
  private static final Map<String, List<String>> QUEUES =
      Map.of(
          Topics.TRAINERS, List.of(Topics.TRAINING_REQUESTS),
          Topics.AUGMENTERS, List.of(Topics.BATCH_TASKS));

  private final KafkaSettings settings;
  private final Map<String, Double> depths = new ConcurrentHashMap<>();
  private final ScheduledExecutorService looks =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            var thread = new Thread(task, "queue-depths");
            thread.setDaemon(true);
            return thread;
          });
  private Admin admin;

  QueueDepths(
      @Identifier("default-kafka-broker") Map<String, Object> kafka, MeterRegistry registry) {
    settings = new KafkaSettings(kafka, Optional.empty());
    for (String group : QUEUES.keySet()) {
      Gauge.builder(
              "millrace.results.queue.depth.records", () -> depths.getOrDefault(group, Double.NaN))
          .description("Records that a share group has not done yet, those in hand included")
          .tag("group", group)
          .register(registry);
    }
  }

  void start(@Observes StartupEvent event) {
    looks.scheduleWithFixedDelay(this::look, 0, PERIOD_SECONDS, TimeUnit.SECONDS);
  }

  void stop(@Observes ShutdownEvent event) {
    looks.execute(
        () -> {
          if (admin != null) {
            admin.close();
          }
        });
    looks.shutdown();
  }

  /** A depth that cannot be told is not a number: a scaler then leaves all as it is. */
  private void look() {
    for (Map.Entry<String, List<String>> queue : QUEUES.entrySet()) {
      try {
        if (admin == null) {
          admin = settings.admin();
        }
        depths.put(
            queue.getKey(),
            (double)
                QueueDepth.of(admin, queue.getKey(), queue.getValue()).values().stream()
                    .mapToLong(Long::longValue)
                    .sum());
      } catch (KafkaException e) {
        if (depths.remove(queue.getKey()) != null) {
          LOG.warnf("how much waits for the %s is not known: %s", queue.getKey(), e.getMessage());
        }
      }
    }
  }
}
