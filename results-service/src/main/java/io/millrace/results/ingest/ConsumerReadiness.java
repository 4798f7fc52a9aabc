package io.millrace.results.ingest;

import io.millrace.messaging.Topics;
import io.smallrye.reactive.messaging.kafka.KafkaClientService;
import io.smallrye.reactive.messaging.kafka.KafkaConsumer;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import org.apache.kafka.common.Metric;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Ready while partitions are assigned and the broker is connected. The connector's own check also
 * passes before it has ever reached a broker.
 */
@Readiness
@ApplicationScoped
public class ConsumerReadiness implements HealthCheck {
  private final KafkaClientService clients;

  ConsumerReadiness(KafkaClientService clients) {
    this.clients = clients;
  }

  @Override
  public HealthCheckResponse call() {
    var answer = HealthCheckResponse.named("partitions assigned");
    boolean ready = true;
    for (String channel : List.of(Topics.TRAINING_EVENTS, Topics.TRAINING_COMMANDS)) {
      KafkaConsumer<?, ?> consumer = clients.getConsumer(channel);
      long partitions = consumer == null ? 0 : metric(consumer, "assigned-partitions");
      boolean connected = consumer != null && metric(consumer, "connection-count") > 0;
      ready &= isReady(channel, connected, partitions);
      answer.withData(channel, connected ? partitions + " partitions" : "no broker");
    }
    return answer.status(ready).build();
  }

  /** The command topic has one partition, which only one of several services is assigned. */
  static boolean isReady(String channel, boolean connected, long partitions) {
    return connected && (partitions > 0 || channel.equals(Topics.TRAINING_COMMANDS));
  }

  /**
   * A client metric, summed over its tags. Metrics are safe to read from any thread, unlike the
   * client.
   */
  private static long metric(KafkaConsumer<?, ?> consumer, String name) {
    return consumer.unwrap().metrics().values().stream()
        .filter(metric -> metric.metricName().name().equals(name))
        .map(Metric::metricValue)
        .mapToLong(value -> value instanceof Number number ? number.longValue() : 0)
        .sum();
  }
}
