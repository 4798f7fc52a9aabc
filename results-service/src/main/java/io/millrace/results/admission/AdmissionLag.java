package io.millrace.results.admission;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.messaging.Topics;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;

/**
 * How many requests are unanswered, according to the broker. It therefore also grows while
 * admission in this service waits for the database or is not in the consumer group.
 */
@ApplicationScoped
public class AdmissionLag {
  private static final Logger LOG = Logger.getLogger(AdmissionLag.class);
  private static final long PERIOD_SECONDS = 2;
  private static final List<String> TOPICS =
      List.of(Topics.TRAINING_REQUESTS, Topics.TRAINING_SWEEPS);

  private final KafkaCluster cluster;
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            var thread = new Thread(task, "admission-lag");
            thread.setDaemon(true);
            return thread;
          });
  private volatile double lag = Double.NaN;
  private Admin admin;

  AdmissionLag(KafkaCluster cluster, MeterRegistry registry) {
    this.cluster = cluster;
    Gauge.builder("millrace.results.desk.lag.records", this::lag)
        .description("Requests that no results service has answered yet")
        .register(registry);
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

  private double lag() {
    return lag;
  }

  /** Sets the lag to NaN if the broker does not report it. */
  private void update() {
    try {
      if (admin == null) {
        admin = cluster.settings().admin();
      }
      lag = of(admin);
    } catch (RuntimeException e) {
      if (!Double.isNaN(lag)) {
        LOG.warnf("the number of unanswered requests is unknown: %s", e.getMessage());
      }
      lag = Double.NaN;
    }
  }

  /**
   * The records of all partitions after the group's committed offsets. The marker at the end of a
   * transaction counts too, until the next request of its partition is answered.
   *
   * @throws KafkaException if the broker does not report the offsets
   */
  private static long of(Admin admin) {
    List<TopicPartition> partitions = partitions(admin);
    Map<TopicPartition, Long> reached = offsets(admin, partitions, OffsetSpec.earliest());
    Map<TopicPartition, Long> committed = StartingPoint.committed(admin, Topics.DESK, partitions);
    List<TopicPartition> fresh =
        partitions.stream().filter(partition -> !committed.containsKey(partition)).toList();
    for (var known : List.of(new StartingPoint(admin).of(fresh), committed)) {
      known.forEach((partition, offset) -> reached.merge(partition, offset, Math::max));
    }
    return offsets(admin, partitions, OffsetSpec.latest()).entrySet().stream()
        .mapToLong(end -> Math.max(0, end.getValue() - reached.get(end.getKey())))
        .sum();
  }

  private static List<TopicPartition> partitions(Admin admin) {
    var partitions = new ArrayList<TopicPartition>();
    Map<String, TopicDescription> topics =
        StartingPoint.await(admin.describeTopics(TOPICS).allTopicNames());
    topics.forEach(
        (name, topic) ->
            topic
                .partitions()
                .forEach(info -> partitions.add(new TopicPartition(name, info.partition()))));
    return partitions;
  }

  /** The offsets of the partitions, as a consumer of committed records sees them. */
  private static Map<TopicPartition, Long> offsets(
      Admin admin, List<TopicPartition> partitions, OffsetSpec which) {
    var specs =
        partitions.stream().collect(Collectors.toMap(Function.identity(), partition -> which));
    Map<TopicPartition, ListOffsetsResultInfo> listed =
        StartingPoint.await(
            admin.listOffsets(specs, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED)).all());
    var offsets = new HashMap<TopicPartition, Long>();
    listed.forEach((partition, info) -> offsets.put(partition, info.offset()));
    return offsets;
  }
}
