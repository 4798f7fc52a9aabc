package io.millrace.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Renders an experiment as text: one row for each variant, the naive baseline as the last row, and
 * the results service's verdict on each variant.
 */
final class ComparisonText {
  /** The trials of a search that are shown at most. */
  private static final int MAX_TRIALS = 30;

  /** Columns that a narrow terminal hides, the first one first. */
  private static final List<String> OPTIONAL_COLUMNS =
      List.of("samples/s", "seconds", "best epoch", "train−val acc");

  private final JsonNode experiment;
  private final List<JsonNode> variants = new ArrayList<>();

  /**
   * @param experiment the experiment as {@code GET /experiments/{experiment}} returns it
   */
  ComparisonText(JsonNode experiment) {
    this.experiment = experiment;
    experiment.path("variants").forEach(variants::add);
  }

  @Override
  public String toString() {
    return text(0);
  }

  /**
   * Renders the experiment; hides optional columns while lines are too long.
   *
   * @param width the maximum length of a line; 0 for no limit
   */
  String text(int width) {
    var text = new StringBuilder("Experiment " + experiment.path("experiment").asText());
    text.append(" (± is half the 95% confidence interval)\n\n");
    if (experiment.has("search")) {
      text.append(search()).append('\n');
      if (variants.isEmpty()) {
        return text.append(verdicts()).toString();
      }
    }
    TextTable table = table();
    List<String> hidden = width == 0 ? List.of() : table.fit(width, OPTIONAL_COLUMNS);
    text.append(table);
    if (!hidden.isEmpty()) {
      text.append("(hidden: ").append(String.join(", ", hidden)).append("; --wide shows all)\n");
    }
    return text.append('\n').append(verdicts()).toString();
  }

  /** The trials of a search that have started; those with the most epochs come first. */
  private String search() {
    JsonNode search = experiment.path("search");
    String metric = search.path("metric").asText();
    var trials = new ArrayList<JsonNode>();
    search.path("trials").forEach(trials::add);
    trials.removeIf(trial -> !trial.has("rung"));
    int sign = search.path("higher_is_better").asBoolean() ? -1 : 1;
    trials.sort(
        Comparator.comparingInt((JsonNode trial) -> -trial.path("epochs").asInt())
            .thenComparing(trial -> trial.path("value").isNumber() ? 0 : 1)
            .thenComparingDouble(trial -> sign * trial.path("value").asDouble()));
    var table = new TextTable("trial", "values", "epochs", metric, "state");
    for (JsonNode trial : trials.subList(0, Math.min(trials.size(), MAX_TRIALS))) {
      table.row(
          trial.path("trial").asText(),
          trial.path("variant").asText(),
          trial.path("epochs").asText(),
          number(trial.path("value")),
          trial.path("stopped").asText(trial.path("status").asText()));
    }
    int left = search.path("trials").size() - Math.min(trials.size(), MAX_TRIALS);
    return "Search by %s: %s of %s epochs spent\n\n%s%s"
        .formatted(
            search.path("strategy").asText(),
            search.path("epochs_spent").asText(),
            search.path("epochs_in_full").asText(),
            table,
            left > 0 ? "and " + left + (left == 1 ? " more trial\n" : " more trials\n") : "");
  }

  private TextTable table() {
    List<String> tests = names("test");
    List<String> units =
        names("prediction").stream().filter(name -> !name.startsWith("baseline_")).toList();
    boolean gap = variants.stream().anyMatch(v -> !number(gap(v)).equals("–"));
    var header = new ArrayList<>(List.of("variant", "runs"));
    tests.forEach(name -> header.add("test " + name));
    units.forEach(name -> header.add(name + " (units)"));
    if (gap) {
      header.add("train−val acc");
    }
    header.addAll(List.of("best epoch", "seconds", "samples/s"));
    var table = new TextTable(header.toArray(String[]::new));
    for (JsonNode variant : variants) {
      var row = new ArrayList<>(List.of(variant.path("variant").asText(), runs(variant)));
      tests.forEach(name -> row.add(spread(variant.path("test").path(name), "%.4f")));
      units.forEach(name -> row.add(spread(variant.path("prediction").path(name), "%.4f")));
      if (gap) {
        row.add(number(gap(variant)));
      }
      row.add(bestEpoch(variant.path("best_epoch").path("mean")));
      row.add(spread(variant.path("seconds"), "%.1f"));
      row.add(spread(variant.path("samples_per_second"), "%.0f"));
      table.row(row.toArray(String[]::new));
    }
    baselineRow(table, header.size(), tests, units, gap);
    return table;
  }

  private void baselineRow(
      TextTable table, int columns, List<String> tests, List<String> units, boolean gap) {
    for (JsonNode variant : variants) {
      JsonNode baseline = variant.path("baseline");
      if (baseline.has("name")) {
        var row = new ArrayList<>(List.of("baseline: " + baseline.get("name").asText(), ""));
        tests.forEach(name -> row.add(number(baseline.path("metrics").path(name).path("mean"))));
        units.forEach(
            name ->
                row.add(number(variant.path("prediction").path("baseline_" + name).path("mean"))));
        while (row.size() < columns) {
          row.add("");
        }
        table.row(row.toArray(String[]::new));
        return;
      }
    }
  }

  /** The experiment's answer, further verdicts, and the variants that miss the naive baseline. */
  private String verdicts() {
    var lines = new LinkedHashSet<String>();
    String answer = experiment.path("answer").asText();
    lines.add(answer);
    for (JsonNode variant : variants) {
      String sentence = variant.path("comparison").path("sentence").asText();
      if (!answer.startsWith(sentence)) {
        lines.add(sentence);
      }
    }
    variants.forEach(variant -> lines.add(againstNaiveBaseline(variant)));
    lines.remove("");
    return lines.stream().map(line -> line + ".\n").collect(Collectors.joining());
  }

  /** A sentence if a variant is no better than the naive baseline, else an empty text. */
  private String againstNaiveBaseline(JsonNode variant) {
    String metric = experiment.path("metric").asText().replaceFirst("^test_", "");
    JsonNode here = variant.path("test").path(metric).path("mean");
    JsonNode naive = variant.path("baseline").path("metrics").path(metric).path("mean");
    boolean better =
        experiment.path("higher_is_better").asBoolean()
            ? here.asDouble() > naive.asDouble()
            : here.asDouble() < naive.asDouble();
    return !here.isNumber() || !naive.isNumber() || better
        ? ""
        : "%s: no better than the naive baseline (%s %s versus %s)"
            .formatted(variant.path("variant").asText(), metric, number(here), number(naive));
  }

  private List<String> names(String part) {
    var names = new LinkedHashSet<String>();
    for (JsonNode variant : variants) {
      variant.path(part).fieldNames().forEachRemaining(names::add);
    }
    return List.copyOf(names);
  }

  private static String runs(JsonNode variant) {
    int completed = variant.path("completed").asInt();
    int all = variant.path("runs").size();
    return completed == all ? Integer.toString(all) : completed + " of " + all;
  }

  /** The generalization gap: training accuracy less validation accuracy. */
  private static JsonNode gap(JsonNode variant) {
    return variant.path("generalization_gap").path("acc").path("mean");
  }

  /** The mean, and half the width of its 95% confidence interval. */
  private static String spread(JsonNode spread, String format) {
    if (!spread.path("mean").isNumber()) {
      return spread.isNull() ? "not finite" : "–";
    }
    String mean = String.format(Locale.ROOT, format, spread.get("mean").asDouble());
    double half = (spread.path("high").asDouble() - spread.path("low").asDouble()) / 2;
    return spread.path("low").isNumber() && spread.path("high").isNumber()
        ? mean + String.format(Locale.ROOT, " ± " + format, half)
        : mean;
  }

  /** The mean best epoch. The service counts epochs from 0, the table from 1. */
  private static String bestEpoch(JsonNode mean) {
    return mean.isNumber() ? String.format(Locale.ROOT, "%.1f", mean.asDouble() + 1) : "–";
  }

  private static String number(JsonNode value) {
    return value.isNumber() ? String.format(Locale.ROOT, "%.4f", value.asDouble()) : "–";
  }
}
