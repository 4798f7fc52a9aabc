package io.millrace.manifests;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.server.config.AbstractKafkaConfig;

/** The environment variables that mean something to a container. */
final class Settings {
  private static final Pattern VARIABLE = Pattern.compile("`([A-Z][A-Z0-9_]*)`");

  /** How many threads the matrix libraries of a trainer use. */
  static final String THREADS = "OMP_NUM_THREADS";

  private Settings() {}

  /**
   * Of one of our services: those of its part of the page that is made of the code, and Kafka's.
   */
  static Set<String> ofService(String service) {
    String heading = "## " + service.replace("-service", "") + "\n";
    String page = Checkout.text("deploy/configuration.md");
    String part = page.substring(page.indexOf(heading) + heading.length()).split("\n## ")[0];
    var names = new TreeSet<String>();
    VARIABLE.matcher(part).results().forEach(found -> names.add(found.group(1)));
    for (Collection<String> client :
        List.of(
            AdminClientConfig.configNames(),
            ConsumerConfig.configNames(),
            ProducerConfig.configNames())) {
      client.forEach(name -> names.add(variable("kafka." + name)));
    }
    if (service.startsWith("trainer")) {
      names.add(THREADS);
    }
    return names;
  }

  /** Of the image apache/kafka: the broker's settings, and what its scripts read. */
  static Set<String> ofKafka() {
    var names = new TreeSet<>(List.of("CLUSTER_ID", "KAFKA_HEAP_OPTS", "LOG_DIR"));
    AbstractKafkaConfig.CONFIG_DEF.names().forEach(name -> names.add(variable("kafka." + name)));
    return names;
  }

  /** Of the image postgres. */
  static Set<String> ofPostgresql() {
    return Set.of("POSTGRES_DB", "POSTGRES_USER", "POSTGRES_PASSWORD", "PGDATA");
  }

  /** As MicroProfile Config reads a property from the environment. */
  private static String variable(String property) {
    return property.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
  }
}
