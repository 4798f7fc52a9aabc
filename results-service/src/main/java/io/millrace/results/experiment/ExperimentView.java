package io.millrace.results.experiment;

import io.millrace.results.adaptive.AdaptiveView;
import io.millrace.results.adaptive.PlanView;
import io.millrace.results.query.Remainder;
import io.millrace.results.query.Table;
import io.millrace.results.request.Change;
import io.millrace.results.request.RequestChanges;
import io.millrace.results.statistics.AdaptivePlan;
import io.millrace.results.statistics.Comparison;
import io.millrace.results.store.RunState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A comparison of an experiment's variants. */
@Schema(description = "A comparison of an experiment's variants, in the order of their first runs.")
public record ExperimentView(
    @Schema(description = "The name of the experiment.") String experiment,
    @Schema(
            description =
                "Which variants help: decided comparisons first, then undecided ones. The number"
                    + " after ± is half the width of the mean's 95% confidence interval.",
            examples =
                "dropout helps: test_acc 0.806 ± 0.009 versus 0.784 ± 0.015 for none (Welch p ="
                    + " 0.0096, 3 runs each)")
        String answer,
    @Schema(description = "The metric that variants are compared by.", examples = "test_acc")
        String metric,
    @Schema(description = "Whether higher values are better.") boolean higherIsBetter,
    @Schema(description = "The variant that the others are compared with.") String baseline,
    List<Variant> variants,
    Adaptive adaptive,
    SearchTable search,
    @Schema(
            description =
                "True if the experiment has more than 5,000 runs; then only the newest count.")
        Boolean truncated,
    @Schema(
            description =
                "Number of rejected requests, which belong to no variant; absent if there are"
                    + " none.")
        Integer rejected,
    @Schema(description = "The note on the experiment, in Markdown; absent if there is none.")
        String note)
    implements Table.Tabular, Remainder.Cuttable {
  @Override
  public Remainder remainder() {
    return Remainder.outOfReach(Boolean.TRUE.equals(truncated));
  }

  /** This view with a note; null if there is none. */
  ExperimentView noted(String note) {
    return new ExperimentView(
        experiment,
        answer,
        metric,
        higherIsBetter,
        baseline,
        variants,
        adaptive,
        search,
        truncated,
        rejected,
        note);
  }

  /** A variant with statistics over its completed replicates. */
  @Schema(
      description =
          "A variant. All statistics are over its completed replicates: runs that differ only in"
              + " the seed.")
  public record Variant(
      @Schema(description = "The name of the variant.") String variant,
      @Schema(description = "The runs of the variant, oldest first.") List<Replicate> runs,
      @Schema(description = "Number of runs in each state.", examples = "{\"COMPLETED\": 3}")
          Map<String, Integer> states,
      @Schema(description = "Number of completed replicates, which all statistics cover.")
          int completed,
      @Schema(description = "The seeds of the completed replicates, in the order of their runs.")
          List<Long> seeds,
      @Schema(description = "The evaluation on the test part, by metric.") Map<String, Spread> test,
      @Schema(description = "The last epoch, by metric: loss, acc, val_loss, ….")
          Map<String, Spread> lastEpoch,
      @Schema(description = "The naive baseline on the same test part.") Baseline baseline,
      @Schema(
              description =
                  "For predicted numbers, in the units of the column: rmse, mae, baseline_rmse,"
                      + " baseline_mae.")
          Map<String, Spread> prediction,
      @Schema(description = "The epoch with the lowest val_loss, counted from 0.") Spread bestEpoch,
      @Schema(description = "The lowest val_loss of the epochs.") Spread bestValLoss,
      @Schema(description = "Seconds from the first start to the end of a run.") Spread seconds,
      @Schema(description = "Training speed, the mean over a run's epochs.")
          Spread samplesPerSecond,
      @Schema(
              description =
                  "By metric, how much worse the last epoch is on validation data than on training"
                      + " data: val_loss - loss, acc - val_acc, ….")
          Map<String, Spread> generalizationGap,
      @Schema(
              description =
                  "The comparison with the baseline; absent if there is nothing to compare.")
          Comparison comparison,
      @Schema(
              description =
                  "How the request differs from the baseline's, at most 50 changes. Absent for the"
                      + " baseline, and for variants after the first 8 million characters of"
                      + " requests. Fields that only identify or queue a run are not compared: run,"
                      + " seed, variant, experiment, tags, priority, extend.")
          List<Change> changes,
      @Schema(description = "True if there are more than 50 changes.") Boolean changesTruncated) {

    private Variant with(RequestChanges found) {
      return new Variant(
          variant,
          runs,
          states,
          completed,
          seeds,
          test,
          lastEpoch,
          baseline,
          prediction,
          bestEpoch,
          bestValLoss,
          seconds,
          samplesPerSecond,
          generalizationGap,
          comparison,
          found == null ? null : found.changes(),
          found != null && found.truncated() ? true : null);
    }
  }

  /** How seeds are added until the experiment is decided. */
  @Schema(
      description =
          "How seeds are added until the experiment is decided; absent if the number of seeds is"
              + " fixed.")
  public record Adaptive(
      @Schema(description = "Number of seeds of each variant at the first look.") int from,
      @Schema(description = "Maximum number of seeds of a variant.") int to,
      @Schema(description = "The metric that decides.") String metric,
      @Schema(description = "The variant that the others are compared with.") String baseline,
      @Schema(description = "The smallest difference that matters.") Double smallestEffect,
      @Schema(description = "Whether more seeds may be added.") boolean open,
      @Schema(
              description =
                  "Why no more seeds are added: finished, max_hours have passed, or who cancelled"
                      + " the experiment.")
          String endReason,
      @Schema(description = "The looks so far, in order.") List<AdaptivePlan.Look> looks) {

    /** The view of a plan; null if there is none or it is a search. */
    static Adaptive of(PlanView view) {
      return view instanceof AdaptiveView plan
          ? new Adaptive(
              plan.seeds().from(),
              plan.seeds().to(),
              plan.seeds().metric(),
              plan.seeds().baseline(),
              plan.seeds().smallestEffect(),
              plan.endedAt() == null,
              plan.endReason(),
              plan.state() == null ? List.of() : plan.state().looks())
          : null;
    }
  }

  /** A run of a variant. */
  @Schema(description = "A run of a variant.")
  public record Replicate(
      @Schema(description = "The run's id.") String run,
      Long seed,
      RunState state,
      @Schema(description = "Why the run failed, was cancelled or was rejected.") String reason,
      @Schema(description = "Metrics of the evaluation on the test part.")
          Map<String, Object> test) {}

  /** The naive baseline. */
  @Schema(description = "The naive baseline on the same test part.")
  public record Baseline(
      @Schema(description = "majority_class, persistence or mean.") String name,
      @Schema(description = "The metrics of the naive baseline.") Map<String, Spread> metrics) {}

  /** This view with the changes of each variant, by name; null if they are unknown. */
  ExperimentView withChanges(Function<String, RequestChanges> changes) {
    return new ExperimentView(
        experiment,
        answer,
        metric,
        higherIsBetter,
        baseline,
        variants.stream().map(variant -> variant.with(changes.apply(variant.variant()))).toList(),
        adaptive,
        search,
        truncated,
        rejected,
        note);
  }

  /**
   * One row per variant; columns for the mean, standard deviation and confidence interval of every
   * number.
   */
  @Override
  public Table table() {
    var numbers = new LinkedHashSet<String>();
    variants.forEach(variant -> numbers.addAll(spreads(variant).keySet()));
    var columns = new ArrayList<>(List.of("variant", "runs", "completed"));
    for (String name : numbers) {
      for (String part : List.of("", "_n", "_std", "_low", "_high", "_min", "_max")) {
        columns.add(name + part);
      }
    }
    columns.addAll(List.of("difference", "p", "p_corrected", "effect_size", "verdict", "changes"));
    return new Table(
        experiment,
        columns,
        () -> variants.stream().<List<?>>map(variant -> row(variant, numbers)).iterator());
  }

  private static Map<String, Spread> spreads(Variant variant) {
    var spreads = new LinkedHashMap<String, Spread>();
    variant.test().forEach((name, spread) -> spreads.put("test_" + name, spread));
    spreads.putAll(variant.lastEpoch());
    variant.generalizationGap().forEach((name, spread) -> spreads.put("gap_" + name, spread));
    var singles = new LinkedHashMap<String, Spread>();
    singles.put("best_epoch", variant.bestEpoch());
    singles.put("best_val_loss", variant.bestValLoss());
    singles.put("seconds", variant.seconds());
    singles.put("samples_per_second", variant.samplesPerSecond());
    singles.values().removeIf(Objects::isNull);
    spreads.putAll(singles);
    return spreads;
  }

  private static List<?> row(Variant variant, Iterable<String> numbers) {
    var row =
        new ArrayList<Object>(
            List.of(variant.variant(), variant.runs().size(), variant.completed()));
    Map<String, Spread> spreads = spreads(variant);
    for (String name : numbers) {
      Spread s = spreads.get(name);
      row.addAll(
          s == null
              ? Collections.nCopies(7, null)
              : Arrays.asList(s.mean(), s.n(), s.std(), s.low(), s.high(), s.min(), s.max()));
    }
    Comparison c = variant.comparison();
    row.addAll(
        c == null
            ? Collections.nCopies(5, null)
            : Arrays.asList(
                c.difference(), c.p(), c.correctedP(), c.effectSize(), c.verdict().json()));
    row.add(
        variant.changes() == null
            ? null
            : new RequestChanges(variant.changes(), variant.changesTruncated() != null).text());
    return row;
  }
}
