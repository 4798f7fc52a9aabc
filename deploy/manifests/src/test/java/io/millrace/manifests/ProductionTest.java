package io.millrace.manifests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertAll;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.messaging.Topics;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.server.config.AbstractKafkaConfig;
import org.junit.jupiter.api.Test;

/** Checks Kafka, its users and the scaling in production. */
class ProductionTest {
  private static final Pattern QUERY = Pattern.compile("max\\((\\w+)\\{group=\"(\\w+)\"}\\)");

  private final Overlay overlay = Overlay.of("production");

  @Test
  void theKafkaTopicsMatchThoseThatTheServicesCreate() {
    List<NewTopic> topics = Topics.durable(Optional.empty());

    assertThat(overlay.names("KafkaTopic"))
        .containsExactlyInAnyOrderElementsOf(topics.stream().map(NewTopic::name).toList());
    for (NewTopic topic : topics) {
      assertThat(overlay.objects("KafkaTopic"))
          .filteredOn(resource -> Overlay.name(resource).equals(topic.name()))
          .singleElement()
          .satisfies(
              resource ->
                  assertThat(Overlay.strings(resource.at("/spec/config")))
                      .isEqualTo(topic.configs()),
              resource ->
                  assertThat(resource.at("/spec/partitions").asInt())
                      .isEqualTo(topic.numPartitions()));
    }
  }

  @Test
  void everyBrokerSettingExistsInKafka() {
    JsonNode kafka = overlay.objects("Kafka").findFirst().orElseThrow();

    assertThat(AbstractKafkaConfig.CONFIG_DEF.names())
        .containsAll(Overlay.strings(kafka.at("/spec/kafka/config")).keySet());
  }

  @Test
  void theKafkaPodsMeetTheRestrictedSecurityStandard() {
    JsonNode operator =
        overlay.objects("Kafka").findFirst().orElseThrow().at("/spec/entityOperator/template");
    JsonNode nodes =
        overlay.objects("KafkaNodePool").findFirst().orElseThrow().at("/spec/template");

    assertAll(
        () -> assertThat(PodSecurity.podBreaches(context(operator, "pod"))).isEmpty(),
        () -> assertThat(PodSecurity.podBreaches(context(nodes, "pod"))).isEmpty(),
        () -> assertThat(containerBreaches(operator, "topicOperatorContainer")).isEmpty(),
        () -> assertThat(containerBreaches(operator, "userOperatorContainer")).isEmpty(),
        () -> assertThat(containerBreaches(nodes, "kafkaContainer")).isEmpty());
  }

  private static List<String> containerBreaches(JsonNode template, String part) {
    return PodSecurity.containerBreaches(context(template, part));
  }

  private static JsonNode context(JsonNode template, String part) {
    return template.at("/" + part + "/securityContext");
  }

  @Test
  void everyServiceHasItsOwnKafkaUser() {
    assertThat(overlay.names("KafkaUser"))
        .filteredOn(user -> !user.equals("publisher"))
        .containsExactlyInAnyOrderElementsOf(overlay.names("Deployment"));
    assertThat(overlay.pods())
        .allSatisfy(
            pod ->
                assertThat(pod.spec().at("/containers/0/env"))
                    .filteredOn(env -> env.path("name").asText().equals("KAFKA_SASL_JAAS_CONFIG"))
                    .singleElement()
                    .matches(
                        env -> env.at("/valueFrom/secretKeyRef/name").asText().equals(pod.name())));
  }

  @Test
  void autoscalingUsesExistingMetricsAndTargets() {
    Map<String, String> queues =
        Map.of("trainer-service", Topics.TRAINERS, "augmentation-service", Topics.AUGMENTERS);

    assertThat(overlay.names("ScaledObject")).containsExactlyInAnyOrderElementsOf(queues.keySet());
    for (JsonNode scaled : overlay.objects("ScaledObject").toList()) {
      String target = scaled.at("/spec/scaleTargetRef/name").asText();
      Matcher query = QUERY.matcher(scaled.at("/spec/triggers/0/metadata/query").asText());
      assertThat(query.matches()).as("a query of the form " + QUERY).isTrue();
      assertThat(gauges()).as("gauges of the results service").contains(query.group(1));
      assertThat(query.group(2)).isEqualTo(queues.get(target));
      assertThat(overlay.objects("Deployment"))
          .filteredOn(made -> Overlay.name(made).equals(target))
          .singleElement()
          .matches(made -> !made.path("spec").has("replicas"), "KEDA sets the number of replicas");
    }
  }

  /** The names of the gauges of the results service in Prometheus. */
  private static List<String> gauges() {
    return Pattern.compile("Gauge\\.builder\\(\\s*\"([^\"]+)\"")
        .matcher(Checkout.sources("results-service/src/main/java"))
        .results()
        .map(found -> found.group(1).replace('.', '_'))
        .toList();
  }
}
