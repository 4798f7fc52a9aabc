package io.millrace.results.experiment;

import io.millrace.results.query.Cells;
import io.millrace.results.run.RunQueries;
import io.millrace.results.statistics.Contest;
import io.millrace.results.statistics.Direction;
import io.millrace.results.statistics.Sample;
import io.millrace.results.store.RunState;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects a variant's runs into one row of a comparison. */
final class VariantTable {
  private final String variant;
  private final List<ExperimentView.Replicate> runs = new ArrayList<>();
  private final Map<RunState, Integer> states = new EnumMap<>(RunState.class);
  private final List<Long> seeds = new ArrayList<>();
  private final Collected test = new Collected();
  private final Collected lastEpoch = new Collected();
  private final Collected baseline = new Collected();
  private final Collected prediction = new Collected();
  private final Collected single = new Collected();
  private final Collected gaps = new Collected();
  private final List<Double> judged = new ArrayList<>();
  private String baselineName;

  VariantTable(String variant) {
    this.variant = variant;
  }

  /**
   * The outcome of a run; null for what it does not have.
   *
   * @param seconds from the first start to the end
   * @param lastEpoch metrics of the latest epoch
   */
  record Outcome(
      ExperimentView.Replicate run,
      Double seconds,
      Map<String, Object> lastEpoch,
      Map<String, Object> baseline,
      Numbers numbers) {}

  /**
   * The numbers of a run's epochs and predictions; null for what they do not have.
   *
   * @param judged the metric that variants are compared by
   */
  record Numbers(
      Double judged,
      Double bestEpoch,
      Double bestValLoss,
      Double samplesPerSecond,
      Map<String, Object> prediction) {
    static final Numbers NONE = new Numbers(null, null, null, null, Map.of());
  }

  void add(Outcome outcome) {
    ExperimentView.Replicate run = outcome.run();
    states.merge(run.state(), 1, Integer::sum);
    runs.add(run);
    if (run.state() != RunState.COMPLETED) {
      return;
    }
    seeds.add(run.seed());
    test.addAll(run.test());
    lastEpoch.addAll(outcome.lastEpoch());
    addGaps(outcome.lastEpoch());
    if (outcome.numbers().judged() != null) {
      judged.add(outcome.numbers().judged());
    }
    prediction.addAll(outcome.numbers().prediction());
    if (outcome.baseline() != null) {
      baselineName = (String) outcome.baseline().get("name");
      baseline.addAll(RunQueries.json(outcome.baseline().get("metrics")));
    }
    single.add("seconds", outcome.seconds());
    single.add("best_epoch", outcome.numbers().bestEpoch());
    single.add("best_val_loss", outcome.numbers().bestValLoss());
    single.add("samples_per_second", outcome.numbers().samplesPerSecond());
  }

  private void addGaps(Map<String, Object> metrics) {
    if (metrics != null) {
      metrics.forEach(
          (name, value) -> {
            if (metrics.containsKey("val_" + name)) {
              gaps.addMeasured(name, gap(name, value, metrics.get("val_" + name)));
            }
          });
    }
  }

  /** How much worse the validated value is; null if one of the two is not finite. */
  private static Double gap(String metric, Object trained, Object validated) {
    if (trained instanceof Number here && validated instanceof Number there) {
      double more = here.doubleValue() - there.doubleValue();
      return Direction.isHigherBetter(metric) ? more : -more;
    }
    return null;
  }

  /**
   * The variant as an entrant of a contest.
   *
   * @param metric the metric that variants are compared by
   */
  Contest.Entrant entrant(String metric) {
    Sample naive = baseline.sample(metric.replaceFirst("^test_", ""));
    return new Contest.Entrant(
        variant,
        judged.isEmpty() ? null : Sample.of(judged),
        test.sample("loss"),
        naive == null || !metric.startsWith("test_") ? null : (Double) naive.mean());
  }

  ExperimentView.Variant view(Contest contest) {
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
        singles.get("samples_per_second"),
        gaps.spreads(),
        contest.compare(variant),
        null,
        null);
  }

  /** Numbers by name, in the order of their first occurrence. */
  private static final class Collected {
    private final Map<String, List<Double>> values = new LinkedHashMap<>();

    /** Adds a number; null is ignored. */
    void add(String name, Double value) {
      if (value != null) {
        addMeasured(name, value);
      }
    }

    /** Adds a number; null means that it is not finite. */
    void addMeasured(String name, Double value) {
      List<Double> known = values.computeIfAbsent(name, ignored -> new ArrayList<>());
      if (value != null) {
        known.add(value);
      }
    }

    /** Adds all fields that are numbers or null. */
    void addAll(Map<String, Object> numbers) {
      if (numbers != null) {
        numbers.forEach(
            (name, value) -> {
              if (value == null || value instanceof Number) {
                addMeasured(name, Cells.number(value));
              }
            });
      }
    }

    /** The sample of a name; null if no number is finite. */
    Sample sample(String name) {
      List<Double> numbers = values.getOrDefault(name, List.of());
      return numbers.isEmpty() ? null : Sample.of(numbers);
    }

    boolean isEmpty() {
      return values.isEmpty();
    }

    /** The statistics of all names; null for a name without finite numbers. */
    Map<String, Spread> spreads() {
      var spreads = new LinkedHashMap<String, Spread>();
      values.forEach(
          (name, numbers) -> spreads.put(name, numbers.isEmpty() ? null : Spread.of(numbers)));
      return spreads;
    }
  }
}
