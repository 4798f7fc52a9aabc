package io.millrace.results.query;

import io.millrace.results.store.Run;
import io.millrace.results.store.RunState;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Gathers a variant's runs into the line of a comparison. */
final class VariantTable {
  private final String variant;
  private final List<ExperimentView.Replicate> runs = new ArrayList<>();
  private final Map<RunState, Integer> states = new EnumMap<>(RunState.class);
  private final List<Long> seeds = new ArrayList<>();
  private final Columns test = new Columns();
  private final Columns lastEpoch = new Columns();
  private final Columns baseline = new Columns();
  private final Columns prediction = new Columns();
  private final Columns single = new Columns();
  private String baselineName;

  VariantTable(String variant) {
    this.variant = variant;
  }

  /**
   * What became of a run; null where it has no such thing.
   *
   * @param lastEpoch metrics of the latest epoch
   * @param test metrics of the evaluation
   */
  record Outcome(
      Run run,
      Map<String, Object> lastEpoch,
      Map<String, Object> test,
      Map<String, Object> baseline,
      Map<String, Object> prediction,
      Curve curve) {}

  /** What a run's epochs say; null where they do not. */
  record Curve(Double bestEpoch, Double bestValLoss, Double samplesPerSecond) {
    static final Curve NONE = new Curve(null, null, null);
  }

  void add(Outcome outcome) {
    Run run = outcome.run();
    states.merge(run.state, 1, Integer::sum);
    runs.add(
        new ExperimentView.Replicate(run.run, run.seed, run.state, run.reason, outcome.test()));
    if (run.state != RunState.COMPLETED) {
      return;
    }
    seeds.add(run.seed);
    test.addAll(outcome.test());
    lastEpoch.addAll(outcome.lastEpoch());
    prediction.addAll(outcome.prediction());
    if (outcome.baseline() != null) {
      baselineName = (String) outcome.baseline().get("name");
      baseline.addAll(RunQueries.json(outcome.baseline().get("metrics")));
    }
    single.add("seconds", run.seconds);
    single.add("best_epoch", outcome.curve().bestEpoch());
    single.add("best_val_loss", outcome.curve().bestValLoss());
    single.add("samples_per_second", outcome.curve().samplesPerSecond());
  }

  ExperimentView.Variant view() {
    var counts = new LinkedHashMap<String, Integer>();
    states.forEach((state, count) -> counts.put(state.name(), count));
    Map<String, Spread> singles = single.spreads();
    return new ExperimentView.Variant(
        variant,
        List.copyOf(runs),
        counts,
        states.getOrDefault(RunState.COMPLETED, 0),
        List.copyOf(seeds),
        test.spreads(),
        lastEpoch.spreads(),
        baselineName == null ? null : new ExperimentView.Baseline(baselineName, baseline.spreads()),
        prediction.isEmpty() ? null : prediction.spreads(),
        singles.get("best_epoch"),
        singles.get("best_val_loss"),
        singles.get("seconds"),
        singles.get("samples_per_second"));
  }

  /** Numbers by name, in the order in which the names came. */
  private static final class Columns {
    private final Map<String, List<Double>> values = new LinkedHashMap<>();

    void add(String name, Double value) {
      if (value != null) {
        values.computeIfAbsent(name, ignored -> new ArrayList<>()).add(value);
      }
    }

    /** Those fields that are numbers. */
    void addAll(Map<String, Object> numbers) {
      if (numbers != null) {
        numbers.forEach(
            (name, value) -> {
              if (value instanceof Number number) {
                add(name, number.doubleValue());
              }
            });
      }
    }

    boolean isEmpty() {
      return values.isEmpty();
    }

    Map<String, Spread> spreads() {
      var spreads = new LinkedHashMap<String, Spread>();
      values.forEach((name, numbers) -> spreads.put(name, Spread.of(numbers)));
      return spreads;
    }
  }
}
