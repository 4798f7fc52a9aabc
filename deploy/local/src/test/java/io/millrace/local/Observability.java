package io.millrace.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.millrace.local.PromQl.Selector;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Compares the metrics that the dashboard and the alerts use with those that a running stack
 * publishes.
 */
final class Observability {
  private static final Path FOLDER = Path.of("../observability");
  private static final Pattern LINE =
      Pattern.compile("(?<name>[\\w:]+)(\\{(?<labels>.*)\\})? \\S+");

  /** An exemplar: the trace of one counted event, if tracing is on. */
  private static final Pattern EXEMPLAR = Pattern.compile(" # \\{.*$");

  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

  /** Metrics that exist only after a fault or with a GPU. */
  private static final Set<String> ABSENT =
      Set.of(
          "millrace_trainer_gpu_memory_bytes{}",
          "millrace_trainer_gpu_memory_used_bytes{}",
          "millrace_trainer_runs_total{outcome=failed}",
          "millrace_results_records_skipped_total{reason=~refused|failed}");

  private final List<Sample> samples = new ArrayList<>();

  private record Sample(String name, Map<String, String> labels) {}

  /**
   * Adds the metrics that a service publishes, with the labels that Prometheus adds.
   *
   * @param text response of {@code /q/metrics}
   */
  void scraped(Instance instance, String text) {
    var target =
        Map.of(
            "job",
            "millrace",
            "service",
            instance.service(),
            "instance",
            "127.0.0.1:" + instance.port());
    samples.add(new Sample("up", target));
    for (String line : text.lines().toList()) {
      Matcher matcher = LINE.matcher(EXEMPLAR.matcher(line).replaceFirst(""));
      if (!line.startsWith("#") && matcher.matches()) {
        var labels = new HashMap<>(target);
        String own = matcher.group("labels");
        if (own != null) {
          LABEL.matcher(own).results().forEach(l -> labels.put(l.group(1), l.group(2)));
        }
        samples.add(new Sample(matcher.group("name"), labels));
      }
    }
  }

  /** The metrics and labels that an expression uses but no service publishes. */
  List<String> unanswered() throws IOException {
    var unanswered = new ArrayList<String>();
    for (String expression : expressions()) {
      PromQl query = PromQl.parse(expression);
      for (Selector selector : query.selectors()) {
        if (!ABSENT.contains(text(selector)) && matching(selector).isEmpty()) {
          unanswered.add(text(selector) + " in " + expression);
        }
      }
      for (String label : query.groupings()) {
        if (query.selectors().stream().noneMatch(selector -> hasLabel(selector.metric(), label))) {
          unanswered.add("by " + label + " in " + expression);
        }
      }
    }
    return unanswered;
  }

  /** Every expression in the dashboard's panels and the alerts. */
  static List<String> expressions() throws IOException {
    JsonNode dashboard =
        new ObjectMapper().readTree(FOLDER.resolve("grafana/millrace.json").toFile());
    JsonNode alerts = new YAMLMapper().readTree(FOLDER.resolve("alerts.yaml").toFile());
    var expressions = new ArrayList<String>();
    for (JsonNode all : List.of(dashboard, alerts)) {
      all.findValues("expr").forEach(expression -> expressions.add(expression.textValue()));
    }
    return expressions;
  }

  private List<Sample> matching(Selector selector) {
    return samples.stream().filter(s -> selector.selects(s.name, s.labels)).toList();
  }

  private boolean hasLabel(String metric, String label) {
    return samples.stream().anyMatch(s -> s.name.equals(metric) && s.labels.containsKey(label));
  }

  private static String text(Selector selector) {
    var labels = new ArrayList<String>();
    selector
        .labels()
        .forEach((name, condition) -> labels.add(name + condition.operator() + condition.value()));
    return selector.metric() + "{" + String.join(",", labels) + "}";
  }
}
