package io.millrace.results.ingest;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.SharePartitionOffsetInfo;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.jboss.logging.Logger;

/**
 * How much work waits in the queues, for who starts trainers and augmenters by it. This service
 * tells it because it runs also where none of those does.
 */
@ApplicationScoped
public class QueueDepths {
  private static final Logger LOG = Logger.getLogger(QueueDepths.class);
  private static final long PERIOD_SECONDS = 2;

  private static final List<String> GROUPS = List.of(Topics.TRAINERS, Topics.AUGMENTERS);
  private static final Duration DATABASE = Duration.ofSeconds(5);

  private final Map<String, Object> settings;
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
    settings = TopicStartup.settings(kafka);
    this.store = store;
    this.contexts = contexts;
    for (String group : GROUPS) {
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
    look(Topics.TRAINERS, this::runs);
    look(Topics.AUGMENTERS, this::tasks);
  }

  private void look(String group, Supplier<Long> depth) {
    try {
      depths.put(group, (double) depth.get());
    } catch (RuntimeException e) {
      if (depths.remove(group) != null) {
        LOG.warnf("how much waits for the %s is not known: %s", group, Outage.describe(e));
      }
    }
  }

  /** Of runs the database knows best: their topics also hold the ends of transactions. */
  private long runs() {
    return contexts.call(store::inWork).await().atMost(DATABASE);
  }

  private long tasks() {
    if (admin == null) {
      admin = Admin.create(settings);
    }
    return depth(admin, Topics.AUGMENTERS, Topics.BATCH_TASKS);
  }

  private static long depth(Admin admin, String group, String topic) {
    List<TopicPartition> partitions = partitions(admin, topic);
    Map<TopicPartition, SharePartitionOffsetInfo> told = told(admin, group, partitions);
    long depth = 0;
    var untouched = new ArrayList<TopicPartition>();
    for (TopicPartition partition : partitions) {
      SharePartitionOffsetInfo info = told.get(partition);
      if (info == null || info.lag().isEmpty()) {
        untouched.add(partition);
      } else {
        depth += info.lag().get();
      }
    }
    return depth + records(admin, untouched);
  }

  private static List<TopicPartition> partitions(Admin admin, String topic) {
    return get(admin.describeTopics(List.of(topic)).allTopicNames())
        .get(topic)
        .partitions()
        .stream()
        .map(partition -> new TopicPartition(topic, partition.partition()))
        .toList();
  }

  /** What the broker knows of the group; nothing before its first member. */
  private static Map<TopicPartition, SharePartitionOffsetInfo> told(
      Admin admin, String group, List<TopicPartition> partitions) {
    try {
      var spec = new ListShareGroupOffsetsSpec().topicPartitions(partitions);
      return get(admin.listShareGroupOffsets(Map.of(group, spec)).partitionsToOffsetInfo(group));
    } catch (GroupIdNotFoundException e) {
      return Map.of();
    }
  }

  /** The records of partitions of which the group has taken nothing: it starts at the earliest. */
  private static long records(Admin admin, List<TopicPartition> partitions) {
    if (partitions.isEmpty()) {
      return 0;
    }
    Map<TopicPartition, ListOffsetsResultInfo> first =
        offsets(admin, partitions, OffsetSpec.earliest());
    Map<TopicPartition, ListOffsetsResultInfo> end =
        offsets(admin, partitions, OffsetSpec.latest());
    return partitions.stream()
        .mapToLong(partition -> end.get(partition).offset() - first.get(partition).offset())
        .sum();
  }

  private static Map<TopicPartition, ListOffsetsResultInfo> offsets(
      Admin admin, List<TopicPartition> partitions, OffsetSpec spec) {
    var specs = new HashMap<TopicPartition, OffsetSpec>();
    partitions.forEach(partition -> specs.put(partition, spec));
    return get(admin.listOffsets(specs).all());
  }

  private static <T> T get(KafkaFuture<T> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KafkaException known
          ? known
          : new KafkaException(e.getCause().getMessage(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException("interrupted", e);
    }
  }
}
