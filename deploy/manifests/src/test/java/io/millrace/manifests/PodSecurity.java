package io.millrace.manifests;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The Pod Security Standard <a
 * href="https://kubernetes.io/docs/concepts/security/pod-security-standards/">restricted</a>, plus
 * read-only root file systems.
 */
final class PodSecurity {
  private static final Set<String> VOLUMES =
      Set.of(
          "configMap",
          "csi",
          "downwardAPI",
          "emptyDir",
          "ephemeral",
          "persistentVolumeClaim",
          "projected",
          "secret");

  private PodSecurity() {}

  /** The rules that a pod breaks. */
  static List<String> breaches(JsonNode spec) {
    var breaches = new ArrayList<String>();
    for (String host : List.of("hostNetwork", "hostPID", "hostIPC")) {
      require(!spec.path(host).asBoolean(), host, breaches);
    }
    spec.path("volumes")
        .forEach(
            volume ->
                volume
                    .fieldNames()
                    .forEachRemaining(
                        field ->
                            require(
                                field.equals("name") || VOLUMES.contains(field),
                                "volume of type " + field,
                                breaches)));
    require(spec.at("/securityContext/sysctls").isEmpty(), "sysctls", breaches);
    breaches.addAll(podBreaches(spec.path("securityContext")));
    for (String containers : List.of("containers", "initContainers", "ephemeralContainers")) {
      for (JsonNode container : spec.path(containers)) {
        breaches.addAll(containerBreaches(container.path("securityContext")));
        container
            .path("ports")
            .forEach(port -> require(port.path("hostPort").asInt() == 0, "hostPort", breaches));
      }
    }
    return breaches;
  }

  static List<String> podBreaches(JsonNode context) {
    var breaches = new ArrayList<String>();
    require(context.path("runAsNonRoot").asBoolean(), "no runAsNonRoot", breaches);
    require(context.path("runAsUser").asInt(1) != 0, "runs as root", breaches);
    require(
        Set.of("RuntimeDefault", "Localhost").contains(context.at("/seccompProfile/type").asText()),
        "no seccomp profile",
        breaches);
    return breaches;
  }

  static List<String> containerBreaches(JsonNode context) {
    var breaches = new ArrayList<String>();
    require(!context.path("privileged").asBoolean(), "privileged", breaches);
    require(
        !context.path("allowPrivilegeEscalation").asBoolean(true),
        "privilege escalation",
        breaches);
    require(
        context.at("/capabilities/drop/0").asText().equals("ALL")
            && context.at("/capabilities/add").isEmpty(),
        "capabilities",
        breaches);
    require(context.path("runAsUser").asInt(1) != 0, "runs as root", breaches);
    require(
        context.path("readOnlyRootFilesystem").asBoolean(), "writable root file system", breaches);
    return breaches;
  }

  private static void require(boolean holds, String breach, List<String> breaches) {
    if (!holds) {
      breaches.add(breach);
    }
  }
}
