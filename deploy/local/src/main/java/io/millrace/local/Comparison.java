package io.millrace.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;

/**
 * An experiment as text: a row a variant, the naive baseline as the last row, and for each variant
 * a line that says whether it did better than the first one, and whether that can be told from the
 * spread of the seeds.
 */
final class Comparison {
  /** A difference of so many standard errors is beyond what seeds alone make likely. */
  private static final double STANDARD_ERRORS = 2;

  private final JsonNode experiment;
  private final List<JsonNode> variants = new ArrayList<>();

  /**
   * @param experiment as {@code GET /experiments/{experiment}} answers
   */
  Comparison(JsonNode experiment) {
    this.experiment = experiment;
    experiment.path("variants").forEach(variants::add);
  }

  @Override
  public String toString() {
    var text = new StringBuilder("Experiment " + experiment.path("experiment").asText() + "\n\n");
    text.append(table());
    String verdicts = verdicts();
    return verdicts.isEmpty() ? text.toString() : text.append('\n').append(verdicts).toString();
  }

  private Table table() {
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
    var table = new Table(header.toArray(String[]::new));
    for (JsonNode variant : variants) {
      var row = new ArrayList<>(List.of(variant.path("variant").asText(), runs(variant)));
      tests.forEach(name -> row.add(spread(variant.path("test").path(name), "%.4f")));
      units.forEach(name -> row.add(spread(variant.path("prediction").path(name), "%.4f")));
      if (gap) {
        row.add(number(gap(variant)));
      }
      row.add(spread(variant.path("best_epoch"), "%.1f"));
      row.add(spread(variant.path("seconds"), "%.1f"));
      row.add(spread(variant.path("samples_per_second"), "%.0f"));
      table.row(row.toArray(String[]::new));
    }
    baselineRow(table, header.size(), tests, units, gap);
    return table;
  }

  private void baselineRow(
      Table table, int columns, List<String> tests, List<String> units, boolean gap) {
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

  private String verdicts() {
    var text = new StringBuilder();
    if (variants.isEmpty()) {
      return "";
    }
    JsonNode first = variants.get(0);
    for (JsonNode variant : variants) {
      boolean units = variant.path("prediction").has("rmse");
      boolean higherIsBetter = !units && variant.path("test").has("acc");
      String metric = units ? "rmse" : higherIsBetter ? "acc" : "loss";
      String part = units ? "prediction" : "test";
      JsonNode here = variant.path(part).path(metric);
      JsonNode there = first.path(part).path(metric);
      if (!here.has("mean")) {
        continue;
      }
      text.append(againstBaseline(variant, here, units, metric, higherIsBetter));
      if (variant != first && there.has("mean")) {
        text.append(against(variant, first, here, there, metric, higherIsBetter));
      }
    }
    return text.toString();
  }

  /** Says so where a variant is no better than the naive answer; nothing where it is. */
  private static String againstBaseline(
      JsonNode variant, JsonNode here, boolean units, String metric, boolean higherIsBetter) {
    JsonNode naive =
        units
            ? variant.path("prediction").path("baseline_" + metric)
            : variant.path("baseline").path("metrics").path(metric);
    if (!naive.has("mean")) {
      return "";
    }
    double gain = gain(here, naive, higherIsBetter);
    return gain > 0
        ? ""
        : "%s: no better than the naive baseline (%s %s against %s)%n"
            .formatted(
                variant.path("variant").asText(),
                metric,
                number(here.get("mean")),
                number(naive.get("mean")));
  }

  private static String against(
      JsonNode variant,
      JsonNode first,
      JsonNode here,
      JsonNode there,
      String metric,
      boolean higherIsBetter) {
    double gain = gain(here, there, higherIsBetter);
    String judgement;
    if (!here.path("std").isNumber() || !there.path("std").isNumber()) {
      judgement = "one run: no spread to judge by";
    } else if (Math.abs(gain) <= STANDARD_ERRORS * standardError(here, there)) {
      judgement = "within the spread of the seeds, so nothing can be said";
    } else {
      judgement = gain > 0 ? "it helped" : "it did not help at this size";
    }
    return String.format(
        Locale.ROOT,
        "%s against %s: test %s %+.4f, %s: %s%n",
        variant.path("variant").asText(),
        first.path("variant").asText(),
        metric,
        here.get("mean").asDouble() - there.get("mean").asDouble(),
        gain > 0 ? "better" : "worse",
        judgement);
  }

  private static double gain(JsonNode here, JsonNode there, boolean higherIsBetter) {
    double difference = here.get("mean").asDouble() - there.get("mean").asDouble();
    return higherIsBetter ? difference : -difference;
  }

  private static double standardError(JsonNode a, JsonNode b) {
    return Math.sqrt(
        Math.pow(a.get("std").asDouble(), 2) / a.get("n").asInt()
            + Math.pow(b.get("std").asDouble(), 2) / b.get("n").asInt());
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

  /** How much better the model knows what it was trained on. */
  private static JsonNode gap(JsonNode variant) {
    JsonNode last = variant.path("last_epoch");
    JsonNode train = last.path("acc").path("mean");
    JsonNode validation = last.path("val_acc").path("mean");
    return train.isNumber() && validation.isNumber()
        ? DoubleNode.valueOf(train.asDouble() - validation.asDouble())
        : MissingNode.getInstance();
  }

  private static String spread(JsonNode spread, String format) {
    if (!spread.path("mean").isNumber()) {
      return "–";
    }
    String mean = String.format(Locale.ROOT, format, spread.get("mean").asDouble());
    return spread.path("std").isNumber()
        ? mean + String.format(Locale.ROOT, " ± " + format, spread.get("std").asDouble())
        : mean;
  }

  private static String number(JsonNode value) {
    return value.isNumber() ? String.format(Locale.ROOT, "%.4f", value.asDouble()) : "–";
  }
}
