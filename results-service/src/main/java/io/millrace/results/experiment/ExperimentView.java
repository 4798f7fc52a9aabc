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

/** An experiment's variants side by side. */
@Schema(description = "An experiment: its variants side by side, in the order of their first run.")
public record ExperimentView(
    @Schema(description = "Its name.") String experiment,
    @Schema(
            description =
                "Did the trick help? What is decided first, then what is not. A number after ± is"
                    + " half of the mean's 95% interval.",
            examples =
                "dropout helps: test_acc 0.806 ± 0.009 against 0.784 ± 0.015 of none (Welch p ="
                    + " 0.0096, 3 runs each)")
        String answer,
    @Schema(description = "By which the variants are judged.", examples = "test_acc") String metric,
    @Schema(description = "Whether more of it is better.") boolean higherIsBetter,
    @Schema(description = "The variant against which the others are judged.") String baseline,
    List<Variant> variants,
    Adaptive adaptive,
    SearchTable search,
    @Schema(
            description =
                "True where the experiment has more than 5,000 runs: then the newest of them count.")
        Boolean truncated,
    @Schema(
            description =
                "How many of its requests were rejected; they belong to no variant. Absent where"
                    + " none was.")
        Integer rejected,
    @Schema(description = "What users wrote of it, Markdown. Absent where they wrote nothing.")
        String note)
    implements Table.Tabular, Remainder.Cuttable {
  @Override
  public Remainder remainder() {
    return Remainder.outOfReach(Boolean.TRUE.equals(truncated));
  }

  /** With what users wrote of it; null: nothing. */
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

  /** A variant. */
  @Schema(
      description =
          "A variant. All numbers are over its completed replicates: runs that differ only in"
              + " their seed.")
  public record Variant(
      @Schema(description = "Its name.") String variant,
      @Schema(description = "Its runs, oldest first.") List<Replicate> runs,
      @Schema(description = "How many runs are in each state.", examples = "{\"COMPLETED\": 3}")
          Map<String, Integer> states,
      @Schema(description = "How many replicates are completed: over these the numbers are.")
          int completed,
      @Schema(description = "Of the completed replicates, in the order of their runs.")
          List<Long> seeds,
      @Schema(description = "The evaluation on the test part, by metric.") Map<String, Spread> test,
      @Schema(description = "The last epoch, by metric: loss, acc, val_loss, ….")
          Map<String, Spread> lastEpoch,
      @Schema(description = "The naive answer on the same test part.") Baseline baseline,
      @Schema(
              description =
                  "Of a series, in the column's units: rmse, mae, baseline_rmse, baseline_mae.")
          Map<String, Spread> prediction,
      @Schema(description = "The epoch of the least val_loss, counted from 0.") Spread bestEpoch,
      @Schema(description = "The least val_loss of the epochs.") Spread bestValLoss,
      @Schema(description = "Of a run, from its first start to its end.") Spread seconds,
      @Schema(description = "Of training, the mean over a run's epochs.") Spread samplesPerSecond,
      @Schema(
              description =
                  "By metric, how much worse the last epoch is on what is validated than on what is"
                      + " trained: val_loss - loss, acc - val_acc, ….")
          Map<String, Spread> generalizationGap,
      @Schema(description = "Against the baseline; absent where there is nothing to compare.")
          Comparison comparison,
      @Schema(
              description =
                  "How its request differs from the baseline's, at most 50 changes; absent of the"
                      + " baseline, and behind 8 million characters of requests. What only tells"
                      + " runs apart is no change: run, seed, variant, experiment, tags, priority,"
                      + " extend.")
          List<Change> changes,
      @Schema(description = "True where there are more than 50 changes.")
          Boolean changesTruncated) {

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
          "How seeds are added until the experiment is decided; absent where it has a fixed number"
              + " of them.")
  public record Adaptive(
      @Schema(description = "Seeds of each variant at the first look.") int from,
      @Schema(description = "The most seeds of a variant.") int to,
      @Schema(description = "By which it decides.") String metric,
      @Schema(description = "The variant against which the others are judged.") String baseline,
      @Schema(description = "The smallest difference that matters.") Double smallestEffect,
      @Schema(description = "Whether it may ask for more seeds.") boolean open,
      @Schema(description = "Why it asks for no more: finished, the time limit, cancelled by whom.")
          String endReason,
      @Schema(description = "Looks that were taken, in their order.")
          List<AdaptivePlan.Look> looks) {

    /** Null of a plan of another kind, and where there is none. */
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
      @Schema(description = "Why it ended badly.") String reason,
      @Schema(description = "Of its evaluation on the test part.") Map<String, Object> test) {}

  /** The naive answer. */
  @Schema(description = "The naive answer on the same test part.")
  public record Baseline(
      @Schema(description = "majority_class or persistence.") String name,
      @Schema(description = "Its score, by metric.") Map<String, Spread> metrics) {}

  /** The same with the changes of each variant, by its name; null: none are known. */
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

  /** A row a variant; columns for the mean, the deviation and the interval of every number. */
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
