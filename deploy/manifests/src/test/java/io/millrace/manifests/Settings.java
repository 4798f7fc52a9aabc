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

/** The environment variables that each container accepts. */
final class Settings {
  private static final Pattern VARIABLE = Pattern.compile("`([A-Z][A-Z0-9_]*)`");

  /** The number of threads that a trainer's matrix libraries use. */
  static final String THREADS = "OMP_NUM_THREADS";

  private Settings() {}

  /** Variables of a service: those on the configuration page, and those of Kafka clients. */
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

  /** Variables of the image apache/kafka: broker settings, and those that its scripts read. */
  static Set<String> ofKafka() {
    var names = new TreeSet<>(List.of("CLUSTER_ID", "KAFKA_HEAP_OPTS", "LOG_DIR"));
    AbstractKafkaConfig.CONFIG_DEF.names().forEach(name -> names.add(variable("kafka." + name)));
    return names;
  }

  /** Variables of the image postgres. */
  static Set<String> ofPostgresql() {
    return Set.of("POSTGRES_DB", "POSTGRES_USER", "POSTGRES_PASSWORD", "PGDATA");
  }

  /** The variable from which MicroProfile Config reads a property. */
  private static String variable(String property) {
    return property.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
  }
}
