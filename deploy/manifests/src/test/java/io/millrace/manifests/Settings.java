package io.millrace.manifests;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.server.config.AbstractKafkaConfig;

/** The environment variables that mean something to a container. */
final class Settings {
  /** Also those that stand there as comments. */
  private static final Pattern PROPERTY = Pattern.compile("(?m)^#?([a-z][^ =]*)=");

  private static final Pattern INJECTED =
      Pattern.compile("@ConfigProperty\\(\\s*name = \"([^\"]+)\"");

  private Settings() {}

  /** Of one of our services. */
  static Set<String> ofService(String service) {
    var names = new TreeSet<String>();
    addAll(
        names,
        PROPERTY.matcher(Checkout.text(service + "/src/main/resources/application.properties")));
    addAll(names, INJECTED.matcher(Checkout.sources(service + "/src/main/java")));
    for (Collection<String> client :
        List.of(
            AdminClientConfig.configNames(),
            ConsumerConfig.configNames(),
            ProducerConfig.configNames())) {
      client.forEach(name -> names.add(variable("kafka." + name)));
    }
    return names;
  }

  private static void addAll(Set<String> names, Matcher properties) {
    properties.results().forEach(found -> names.add(variable(found.group(1))));
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
