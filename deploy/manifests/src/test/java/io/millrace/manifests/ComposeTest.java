package io.millrace.manifests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ComposeTest {
  private static final String TEXT = Checkout.text("deploy/compose/compose.yaml");
  private static final JsonNode FILE = Checkout.yaml(TEXT).get(0);
  private static final Properties DEFAULTS = defaults();

  @Test
  void theFileMatchesTheComposeSpecification() {
    assertThat(StrictModel.complaints("compose-spec", FILE)).isEmpty();
  }

  @Test
  void theDefaultsMatchTheVariablesInTheFile() {
    Set<String> used = new TreeSet<>(Set.of("COMPOSE_PROFILES"));
    Pattern.compile("\\$\\{(\\w+)}").matcher(TEXT).results().forEach(v -> used.add(v.group(1)));

    assertThat(DEFAULTS.stringPropertyNames()).containsExactlyInAnyOrderElementsOf(used);
    assertThat(DEFAULTS.getProperty("MILLRACE_VERSION"))
        .isEqualTo(System.getProperty("millrace.version"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"jvm", "native", "gpu"})
  void everyProfileContainsEachServiceOnce(String profile) {
    List<String> images = new ArrayList<>();
    services()
        .forEach(
            (name, service) -> {
              if (service.path("profiles").isEmpty()
                  || service.path("profiles").toString().contains("\"" + profile + "\"")) {
                images.add(service.path("image").asText().replaceAll(":.*", ""));
              }
            });

    assertThat(images)
        .containsExactlyInAnyOrder(
            "${KAFKA_IMAGE}",
            "${POSTGRES_IMAGE}",
            "${MILLRACE_REGISTRY}/results-service",
            "${MILLRACE_REGISTRY}/augmentation-service",
            "${MILLRACE_REGISTRY}/trainer-service");
  }

  @Test
  void everyContainerIsConfinedAndPublishesPortsOnlyOnLocalhost() {
    assertThat(services())
        .allSatisfy(
            (name, service) -> {
              assertThat(service.path("read_only").asBoolean()).isTrue();
              assertThat(service.path("cap_drop").toString()).isEqualTo("[\"ALL\"]");
              assertThat(service.path("security_opt").toString())
                  .contains("no-new-privileges:true");
              assertThat(service.path("mem_limit").asText()).isNotEmpty();
              assertThat(service.path("cpus").asDouble()).isPositive();
              service
                  .path("ports")
                  .forEach(port -> assertThat(port.asText()).startsWith("127.0.0.1:"));
            });
  }

  @Test
  void everyVariableIsASettingOfItsContainer() {
    services()
        .forEach(
            (name, service) -> {
              Set<String> known =
                  switch (name) {
                    case "kafka" -> Settings.ofKafka();
                    case "database" -> Settings.ofPostgresql();
                    default -> Settings.ofService(name.replaceAll("-(native|gpu)$", ""));
                  };
              assertThat(known)
                  .as(name)
                  .containsAll(Overlay.strings(service.path("environment")).keySet());
            });
  }

  @Test
  void everyTrainerHasOneThreadPerCpu() {
    services()
        .forEach(
            (name, service) -> {
              if (name.startsWith("trainer")) {
                assertThat(service.path("environment").path(Settings.THREADS).asInt())
                    .as(name)
                    .isEqualTo(service.path("cpus").asInt())
                    .isPositive();
              }
            });
  }

  @Test
  void theSingleNodeOverlayUsesTheSameImagesAndBrokerSettings() {
    Overlay overlay = Overlay.of("single-node");
    Map<String, String> broker = Overlay.strings(FILE.at("/services/kafka/environment"));
    Map<String, String> there = new TreeMap<>();
    for (Overlay.Pod pod : overlay.pods()) {
      JsonNode container = pod.spec().at("/containers/0");
      switch (pod.name()) {
        case "kafka" -> {
          assertThat(container.path("image").asText())
              .isEqualTo(DEFAULTS.getProperty("KAFKA_IMAGE"));
          container
              .path("env")
              .forEach(e -> there.put(e.path("name").asText(), e.path("value").asText()));
        }
        case "database" ->
            assertThat(container.path("image").asText())
                .isEqualTo(DEFAULTS.getProperty("POSTGRES_IMAGE"));
        default -> {}
      }
    }
    // The listeners and the data folder differ.
    for (String own : List.of("KAFKA_LISTENERS", "KAFKA_ADVERTISED_LISTENERS", "KAFKA_LOG_DIRS")) {
      assertThat(broker.remove(own)).isNotNull();
      assertThat(there.remove(own)).isNotNull();
    }
    assertThat(there).isEqualTo(broker);
  }

  private static Map<String, JsonNode> services() {
    var services = new TreeMap<String, JsonNode>();
    FILE.path("services")
        .properties()
        .forEach(entry -> services.put(entry.getKey(), entry.getValue()));
    return services;
  }

  private static Properties defaults() {
    var defaults = new Properties();
    try {
      defaults.load(new StringReader(Checkout.text("deploy/compose/.env")));
      return defaults;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
