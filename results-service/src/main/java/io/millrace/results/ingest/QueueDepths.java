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
 * How much work waits in the queues, for who starts trainers and augmenters by it. This service
 * tells it because it runs also where none of those does.
 */
@ApplicationScoped
public class QueueDepths {
  private static final Logger LOG = Logger.getLogger(QueueDepths.class);
  private static final long PERIOD_SECONDS = 2;
  private static final Duration DATABASE = Duration.ofSeconds(5);

  private final KafkaSettings settings;
  private final RunStore store;
  private final FreshContext contexts;
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
          .description("Runs, or tasks, that are not done yet, those in hand included")
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

  private void look() {
    look(Topics.TRAINERS, this::runs);
    look(Topics.AUGMENTERS, this::tasks);
  }

  /** A depth that cannot be told is not a number: a scaler then leaves all as it is. */
  private void look(String group, Supplier<Long> depth) {
    try {
      depths.put(group, (double) depth.get());
    } catch (RuntimeException e) {
      if (depths.remove(group) != null) {
        LOG.warnf("how much waits for the %s is not known: %s", group, Outage.describe(e));
      }
    }
  }

  /** Of runs the database knows best: their topics also hold the marks of transactions. */
  private long runs() {
    return contexts.call(store::inWork).await().atMost(DATABASE);
  }

  private long tasks() {
    if (admin == null) {
      admin = settings.admin();
    }
    return QueueDepth.of(admin, Topics.AUGMENTERS, List.of(Topics.BATCH_TASKS))
        .get(Topics.BATCH_TASKS);
  }
}
