package io.millrace.manifests;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * An overlay as {@code kubectl kustomize} prints it.
 *
 * @param name name of its folder
 */
record Overlay(String name, List<JsonNode> objects) {
  private static final int OLDEST_KUSTOMIZE = 5;
  private static final boolean HAS_KUSTOMIZE = hasKustomize();
  private static final Map<String, Overlay> BUILT = new ConcurrentHashMap<>();

  /**
   * A pod, defined on its own or by a Deployment.
   *
   * @param name name of the object that defines it
   */
  record Pod(String name, Map<String, String> labels, JsonNode spec) {}

  static Overlay of(String name) {
    assumeTrue(HAS_KUSTOMIZE, "no kubectl 1.27 or later, whose kustomize builds the overlays");
    return BUILT.computeIfAbsent(name, Overlay::build);
  }

  private static Overlay build(String name) {
    String folder = Checkout.ROOT.resolve("deploy/kubernetes/overlays/" + name).toString();
    return new Overlay(name, Checkout.yaml(output("kubectl", "kustomize", folder)));
  }

  private static boolean hasKustomize() {
    try {
      JsonNode versions =
          new ObjectMapper().readTree(output("kubectl", "version", "--client", "--output=json"));
      String version = versions.path("kustomizeVersion").asText("v0");
      return Integer.parseInt(version.substring(1).split("\\.")[0]) >= OLDEST_KUSTOMIZE;
    } catch (IOException | UncheckedIOException | IllegalStateException e) {
      return false;
    }
  }

  private static String output(String... command) {
    try {
      Process process = new ProcessBuilder(command).start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      String errors = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException(String.join(" ", command) + ": " + errors);
      }
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  Stream<JsonNode> objects(String kind) {
    return objects.stream().filter(object -> object.path("kind").asText().equals(kind));
  }

  List<String> names(String kind) {
    return objects(kind).map(Overlay::name).toList();
  }

  static String name(JsonNode object) {
    return object.at("/metadata/name").asText();
  }

  /** The pods that the overlay defines. */
  List<Pod> pods() {
    return Stream.concat(
            objects("Pod").map(pod -> pod(name(pod), pod)),
            objects("Deployment").map(made -> pod(name(made), made.at("/spec/template"))))
        .toList();
  }

  /** The pods that the overlay defines, and those that operators create from its resources. */
  List<Pod> allPods() {
    return Stream.of(
            pods().stream(),
            objects("Kafka")
                .map(
                    kafka ->
                        operatorPod(
                            "kafka",
                            9092,
                            Map.of(
                                "strimzi.io/cluster",
                                name(kafka),
                                "app.kubernetes.io/name",
                                "kafka"))),
            objects("Cluster")
                .map(
                    cluster ->
                        operatorPod(
                            "database",
                            5432,
                            strings(cluster.at("/spec/inheritedMetadata/labels")))))
        .flatMap(pods -> pods)
        .toList();
  }

  private static Pod operatorPod(String name, int port, Map<String, String> labels) {
    ObjectNode spec = new ObjectMapper().createObjectNode();
    spec.putArray("containers")
        .addObject()
        .putArray("ports")
        .addObject()
        .put("containerPort", port);
    return new Pod(name, labels, spec);
  }

  private static Pod pod(String name, JsonNode template) {
    return new Pod(name, strings(template.at("/metadata/labels")), template.path("spec"));
  }

  static Map<String, String> strings(JsonNode object) {
    var strings = new TreeMap<String, String>();
    object.properties().forEach(entry -> strings.put(entry.getKey(), entry.getValue().asText()));
    return strings;
  }
}
