package io.millrace.results.ingest;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.messaging.KafkaSettings;
import io.millrace.messaging.QueueDepth;
import io.millrace.messaging.Topics;
import io.millrace.results.store.FreshContext;
import io.millrace.results.store.Outage;
import io.millrace.results.store.RunStore;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.common.annotation.Identifier;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.jboss.logging.Logger;

/**
 * How much work is queued, for autoscalers of trainers and augmentation services. This service
 * publishes it because it also runs while those are scaled to zero.
 */
@ApplicationScoped
public class QueueDepths {
  private static final Logger LOG = Logger.getLogger(QueueDepths.class);
  private static final long PERIOD_SECONDS = 2;
  private static final Duration DATABASE_TIMEOUT = Duration.ofSeconds(5);

  private final KafkaSettings settings;
  private final RunStore store;
  private final FreshContext contexts;
  private final Map<String, Double> depths = new ConcurrentHashMap<>();
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            var thread = new Thread(task, "queue-depths");
            thread.setDaemon(true);
            return thread;
          });
  private Admin admin;

  QueueDepths(
      @Identifier("default-kafka-broker") Map<String, Object> kafka,
      RunStore store,
      FreshContext contexts,
      MeterRegistry registry) {
    settings = new KafkaSettings(kafka, Optional.empty());
    this.store = store;
    this.contexts = contexts;
    for (String group : List.of(Topics.TRAINERS, Topics.AUGMENTERS)) {
      Gauge.builder(
              "millrace.results.queue.depth.records", () -> depths.getOrDefault(group, Double.NaN))
          .description("Unfinished runs or batch tasks, including those in progress")
          .tag("group", group)
          .register(registry);
    }
  }

  void start(@Observes StartupEvent event) {
    executor.scheduleWithFixedDelay(this::update, 0, PERIOD_SECONDS, TimeUnit.SECONDS);
  }

  void stop(@Observes ShutdownEvent event) {
    executor.execute(
        () -> {
          if (admin != null) {
            admin.close();
          }
        });
    executor.shutdown();
  }

  private void update() {
    update(Topics.TRAINERS, this::runs);
    update(Topics.AUGMENTERS, this::tasks);
  }

  /** Updates a depth. An unknown depth is NaN, for which an autoscaler changes nothing. */
  private void update(String group, Supplier<Long> depth) {
    try {
      depths.put(group, (double) depth.get());
    } catch (RuntimeException e) {
      if (depths.remove(group) != null) {
        LOG.warnf("the queue depth of group %s is unknown: %s", group, Outage.describe(e));
      }
    }
  }

  /** Runs are counted in the database, because their topics also contain transaction markers. */
  private long runs() {
    return contexts.call(store::inWork).await().atMost(DATABASE_TIMEOUT);
  }

  private long tasks() {
    if (admin == null) {
      admin = settings.admin();
    }
    return QueueDepth.of(admin, Topics.AUGMENTERS, List.of(Topics.BATCH_TASKS))
        .get(Topics.BATCH_TASKS);
  }
}
