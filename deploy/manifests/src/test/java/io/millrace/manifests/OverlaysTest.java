package io.millrace.manifests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.manifests.Overlay.Pod;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks every overlay, as {@code kubectl kustomize} prints it. */
class OverlaysTest {
  private static final List<String> SERVICES =
      List.of("results-service", "augmentation-service", "trainer-service");

  /** Secrets that users create; README.md describes how. */
  private static final Set<String> SECRETS_OF_THE_USER =
      Set.of(
          "millrace-database",
          "results-service-tokens",
          "results-service-token",
          "augmentation-service-token");

  @ParameterizedTest
  @ValueSource(strings = {"single-node", "production", "gpu"})
  void everyObjectHasOnlyKnownFields(String name) {
    assertThat(Overlay.of(name).objects())
        .hasSizeGreaterThan(20)
        .allSatisfy(object -> assertThat(StrictModel.complaints(object)).isEmpty());
  }

  @Test
  void anUnknownFieldIsReported() {
    for (String name : List.of("production", "gpu")) {
      for (JsonNode object : Overlay.of(name).objects()) {
        if (object.has("spec")) {
          ObjectNode mistaken = object.deepCopy();
          ((ObjectNode) mistaken.path("spec")).put("replicsa", 1);
          assertThat(StrictModel.complaints(mistaken)).as(mistaken.toString()).hasSize(1);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"single-node", "production", "gpu"})
  void everyPodMeetsTheRestrictedSecurityStandard(String name) {
    Overlay overlay = Overlay.of(name);

    assertThat(overlay.pods())
        .hasSizeGreaterThanOrEqualTo(3)
        .allSatisfy(pod -> assertThat(PodSecurity.breaches(pod.spec())).isEmpty())
        .allMatch(pod -> !pod.spec().path("automountServiceAccountToken").asBoolean(true))
        .allMatch(pod -> !pod.spec().path("enableServiceLinks").asBoolean(true));
    assertThat(overlay.objects("Namespace"))
        .singleElement()
        .matches(
            namespace ->
                namespace
                    .at("/metadata/labels/pod-security.kubernetes.io~1enforce")
                    .asText()
                    .equals("restricted"));
  }

  @Test
  void breachesOfTheSecurityStandardAreReported() throws Exception {
    JsonNode root =
        new ObjectMapper()
            .readTree(
                """
                {"hostNetwork": true, "volumes": [{"name": "x", "hostPath": {"path": "/"}}],
                 "containers": [{"ports": [{"containerPort": 1, "hostPort": 1}]}]}
                """);

    assertThat(PodSecurity.breaches(root))
        .containsExactlyInAnyOrder(
            "hostNetwork",
            "volume of type hostPath",
            "no runAsNonRoot",
            "no seccomp profile",
            "privilege escalation",
            "capabilities",
            "writable root file system",
            "hostPort");
  }

  @ParameterizedTest
  @ValueSource(strings = {"single-node", "production", "gpu"})
  void everyContainerHasAReadinessProbeAndResourceRequestsAndLimits(String name) {
    for (Pod pod : Overlay.of(name).pods()) {
      for (JsonNode container : pod.spec().path("containers")) {
        assertThat(container.has("readinessProbe")).as(pod.name()).isTrue();
        for (String bound : List.of("requests", "limits")) {
          for (String resource : List.of("cpu", "memory")) {
            assertThat(container.at("/resources/" + bound + "/" + resource).asText())
                .as("%s of %s", bound, pod.name())
                .isNotEmpty();
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"single-node", "production", "gpu"})
  void everyVariableIsASettingOfItsContainer(String name) {
    Overlay overlay = Overlay.of(name);
    for (Pod pod : overlay.pods()) {
      Set<String> known =
          switch (pod.name()) {
            case "kafka" -> Settings.ofKafka();
            case "database" -> Settings.ofPostgresql();
            default -> Settings.ofService(pod.name());
          };
      assertThat(known).as(pod.name()).containsAll(variables(overlay, pod));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"single-node", "production", "gpu"})
  void everySecretConfigMapAndVolumeClaimOfAPodExists(String name) {
    Overlay overlay = Overlay.of(name);
    var secrets = new TreeSet<>(SECRETS_OF_THE_USER);
    secrets.addAll(overlay.names("KafkaUser"));
    overlay.names("Kafka").forEach(kafka -> secrets.add(kafka + "-cluster-ca-cert"));
    overlay.names("Cluster").forEach(cluster -> secrets.add(cluster + "-app"));
    for (Pod pod : overlay.pods()) {
      JsonNode spec = pod.spec();
      assertThat(secrets)
          .as(pod.name())
          .containsAll(texts(spec.findValues("secretName")))
          .containsAll(names(spec.findValues("secretRef")))
          .containsAll(names(spec.findValues("secretKeyRef")));
      assertThat(overlay.names("ConfigMap")).containsAll(names(spec.findValues("configMapRef")));
      assertThat(overlay.names("PersistentVolumeClaim"))
          .containsAll(texts(spec.findValues("claimName")));
    }
    assertThat(SECRETS_OF_THE_USER)
        .allMatch(Checkout.text("deploy/kubernetes/README.md")::contains);
  }

  @ParameterizedTest
  @ValueSource(strings = {"single-node", "production", "gpu"})
  void theNetworkPoliciesAllowOnlyTheRequiredConnections(String name) {
    assertThat(Network.of(Overlay.of(name)).ways())
        .containsExactlyInAnyOrder(
            "results-service -> kafka:9092",
            "augmentation-service -> kafka:9092",
            "trainer-service -> kafka:9092",
            "results-service -> database:5432",
            "results-service -> augmentation-service:8100",
            "augmentation-service -> results-service:8080");
  }

  @ParameterizedTest
  @ValueSource(strings = {"single-node", "production", "gpu"})
  void everySelectorSelectsAPod(String name) {
    Overlay overlay = Overlay.of(name);
    var selectors = new ArrayList<JsonNode>();
    overlay
        .objects("NetworkPolicy")
        .forEach(policy -> selectors.addAll(policy.findValues("podSelector")));
    overlay
        .objects("PodDisruptionBudget")
        .forEach(budget -> selectors.add(budget.at("/spec/selector")));
    overlay.objects("Deployment").forEach(made -> selectors.add(made.at("/spec/selector")));
    for (Pod pod : overlay.pods()) {
      pod.spec()
          .path("topologySpreadConstraints")
          .forEach(constraint -> selectors.add(constraint.path("labelSelector")));
    }

    assertThat(selectors)
        .hasSizeGreaterThan(15)
        .allMatch(
            selector ->
                overlay.allPods().stream()
                    .anyMatch(pod -> Network.selects(selector, pod.labels())));
  }

  @ParameterizedTest
  @ValueSource(strings = {"single-node", "production", "gpu"})
  void everyServiceTargetsANamedPortOfOnePod(String name) {
    Overlay overlay = Overlay.of(name);
    for (JsonNode service : overlay.objects("Service").toList()) {
      var selector = new ObjectMapper().createObjectNode();
      selector.set("matchLabels", service.at("/spec/selector"));
      assertThat(overlay.pods())
          .filteredOn(pod -> Network.selects(selector, pod.labels()))
          .singleElement()
          .satisfies(
              pod ->
                  assertThat(texts(pod.spec().at("/containers/0/ports").findValues("name")))
                      .contains(service.at("/spec/ports/0/targetPort").asText()));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"single-node", "production", "gpu"})
  void theServiceImagesHaveTheProjectVersion(String name) {
    String version = System.getProperty("millrace.version");
    for (Pod pod : Overlay.of(name).pods()) {
      if (SERVICES.contains(pod.name())) {
        boolean isGpu = name.equals("gpu") && pod.name().equals("trainer-service");
        assertThat(pod.spec().at("/containers/0/image").asText())
            .isEqualTo("millrace/" + pod.name() + ":" + version + (isGpu ? "-cuda" : ""));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"single-node", "production", "gpu"})
  void aTrainerHasAsManyThreadsAsItsCpuLimit(String name) {
    assertThat(Overlay.of(name).pods())
        .filteredOn(pod -> pod.name().equals("trainer-service"))
        .isNotEmpty()
        .allSatisfy(
            pod ->
                assertThat(pod.spec().at("/containers/0/env"))
                    .filteredOn(env -> env.path("name").asText().equals(Settings.THREADS))
                    .singleElement()
                    .satisfies(
                        env ->
                            assertThat(env.at("/valueFrom/resourceFieldRef/resource").asText())
                                .isEqualTo("limits.cpu")));
  }

  /** The variables of a pod's containers, including those of ConfigMaps in {@code envFrom}. */
  private static Set<String> variables(Overlay overlay, Pod pod) {
    var names = new TreeSet<String>();
    for (JsonNode container : pod.spec().path("containers")) {
      container.path("env").forEach(variable -> names.add(variable.path("name").asText()));
      var configMaps = names(container.path("envFrom").findValues("configMapRef"));
      overlay
          .objects("ConfigMap")
          .filter(map -> configMaps.contains(Overlay.name(map)))
          .forEach(map -> names.addAll(Overlay.strings(map.path("data")).keySet()));
    }
    return names;
  }

  private static List<String> texts(List<JsonNode> nodes) {
    return nodes.stream().map(JsonNode::asText).toList();
  }

  private static List<String> names(List<JsonNode> references) {
    return references.stream().map(reference -> reference.path("name").asText()).toList();
  }
}
