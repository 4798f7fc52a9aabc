package io.millrace.results.query;

import io.millrace.results.store.RunState;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** An experiment's variants side by side. */
@Schema(description = "An experiment: its variants side by side, in the order of their first run.")
public record ExperimentView(
    @Schema(description = "Its name.") String experiment,
    List<Variant> variants,
    @Schema(
            description =
                "True where the experiment has more than 5,000 runs: then the newest of them count.")
        Boolean truncated) {

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
      @Schema(description = "Of training, the mean over a run's epochs.")
          Spread samplesPerSecond) {}

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
}
