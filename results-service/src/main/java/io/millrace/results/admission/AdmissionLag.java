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
 * How many requests nobody has answered yet, by the broker's word: so it also grows while this
 * service's desk waits for the database or is not in the group.
 */
@ApplicationScoped
public class AdmissionLag {
  private static final Logger LOG = Logger.getLogger(AdmissionLag.class);
  private static final long PERIOD_SECONDS = 2;
  private static final List<String> TOPICS =
      List.of(Topics.TRAINING_REQUESTS, Topics.TRAINING_SWEEPS);

  private final KafkaCluster cluster;
  private final ScheduledExecutorService looks =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            var thread = new Thread(task, "desk-lag");
            thread.setDaemon(true);
            return thread;
          });
  private volatile double lag = Double.NaN;
  private Admin admin;

  AdmissionLag(KafkaCluster cluster, MeterRegistry registry) {
    this.cluster = cluster;
    Gauge.builder("millrace.results.desk.lag.records", this::lag)
        .description("Requests that are not answered yet, by all services together")
        .register(registry);
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

  private double lag() {
    return lag;
  }

  /** Not a number where the broker does not tell. */
  private void look() {
    try {
      if (admin == null) {
        admin = cluster.settings().admin();
      }
      lag = of(admin);
    } catch (RuntimeException e) {
      if (!Double.isNaN(lag)) {
        LOG.warnf("how many requests wait for the desk is not known: %s", e.getMessage());
      }
      lag = Double.NaN;
    }
  }

  /**
   * The records of all partitions behind what the group has answered. The mark that a transaction
   * leaves behind its records counts too, until the next request of its partition is answered.
   *
   * @throws KafkaException where the broker does not tell
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

  /** Of what is committed. */
  private static Map<TopicPartition, Long> offsets(
      Admin admin, List<TopicPartition> partitions, OffsetSpec which) {
    var specs =
        partitions.stream().collect(Collectors.toMap(Function.identity(), partition -> which));
    Map<TopicPartition, ListOffsetsResultInfo> told =
        StartingPoint.await(
            admin.listOffsets(specs, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED)).all());
    var offsets = new HashMap<TopicPartition, Long>();
    told.forEach((partition, info) -> offsets.put(partition, info.offset()));
    return offsets;
  }
}
