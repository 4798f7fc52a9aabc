package io.millrace.manifests;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.manifests.Overlay.Pod;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The connections that the network policies of a namespace allow. */
record Network(List<JsonNode> policies, List<Pod> pods) {
  static Network of(Overlay overlay) {
    return new Network(overlay.objects("NetworkPolicy").toList(), overlay.allPods());
  }

  /** The connections between kinds of pods that both ends allow: {@code a -> b:port}. */
  Set<String> ways() {
    var ways = new TreeSet<String>();
    for (Pod from : pods) {
      for (Pod to : pods) {
        for (JsonNode port : to.spec().findValues("containerPort")) {
          if (!from.name().equals(to.name())
              && isOpen("Egress", from, to, port.asInt())
              && isOpen("Ingress", to, from, port.asInt())) {
            ways.add(from.name() + " -> " + to.name() + ":" + port.asInt());
          }
        }
      }
    }
    return ways;
  }

  /** Whether no policy selects the pod, or a policy that selects the pod allows the connection. */
  private boolean isOpen(String direction, Pod self, Pod peer, int port) {
    List<JsonNode> about =
        policies.stream()
            .map(policy -> policy.path("spec"))
            .filter(spec -> selects(spec.path("podSelector"), self.labels()))
            .filter(spec -> spec.path("policyTypes").toString().contains(direction))
            .toList();
    return about.isEmpty() || about.stream().anyMatch(spec -> allows(spec, direction, peer, port));
  }

  private static boolean allows(JsonNode spec, String direction, Pod peer, int port) {
    boolean isEgress = direction.equals("Egress");
    for (JsonNode rule : spec.path(isEgress ? "egress" : "ingress")) {
      JsonNode peers = rule.path(isEgress ? "to" : "from");
      boolean isPeer = peers.isEmpty();
      for (JsonNode candidate : peers) {
        // A namespace selector selects pods of other namespaces, not of this one.
        isPeer |=
            !candidate.has("namespaceSelector")
                && selects(candidate.path("podSelector"), peer.labels());
      }
      if (isPeer && hasPort(rule.path("ports"), port)) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasPort(JsonNode ports, int port) {
    boolean has = ports.isEmpty();
    for (JsonNode candidate : ports) {
      has |= candidate.path("port").asInt() == port;
    }
    return has;
  }

  /** Whether a label selector matches these labels. */
  static boolean selects(JsonNode selector, Map<String, String> labels) {
    boolean selects = true;
    for (Map.Entry<String, String> label :
        Overlay.strings(selector.path("matchLabels")).entrySet()) {
      selects &= label.getValue().equals(labels.get(label.getKey()));
    }
    for (JsonNode expression : selector.path("matchExpressions")) {
      if (!expression.path("operator").asText().equals("In")) {
        throw new IllegalArgumentException(expression + ": this check supports only In");
      }
      String value = labels.get(expression.path("key").asText());
      boolean isIn = false;
      for (JsonNode allowed : expression.path("values")) {
        isIn |= allowed.asText().equals(value);
      }
      selects &= isIn;
    }
    return selects;
  }
}
