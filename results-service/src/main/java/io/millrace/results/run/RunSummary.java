package io.millrace.results.run;

import io.millrace.results.store.RunState;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A run in a list. */
@Schema(description = "A run in a list. Unknown values are left out.")
public record RunSummary(
    @Schema(description = "The run's id.", examples = "flowers-augmented-1") String run,
    @Schema(description = "The experiment of the run.") String experiment,
    @Schema(description = "The variant of the run.") String variant,
    @Schema(description = "The seed of the run.") Long seed,
    RunState state,
    @Schema(description = "The run's tags.", examples = "[\"night\"]") List<String> tags,
    @Schema(description = "Why the run failed, was cancelled or was rejected.") String reason,
    @Schema(description = "When the request was published.") Instant queuedAt,
    @Schema(description = "When a trainer first started the run.") Instant startedAt,
    @Schema(description = "When the run ended.") Instant endedAt,
    @Schema(description = "Epochs completed so far.") int epochsDone,
    @Schema(description = "Requested number of epochs.") Integer epochs,
    @Schema(description = "Optimizer steps so far.") long stepsDone,
    @Schema(description = "Optimizer steps per epoch.") Integer stepsPerEpoch,
    @Schema(description = "Seconds from the first start to the end; for completed runs.")
        Double seconds,
    @Schema(
            description = "Metrics of the latest epoch, by their Keras names.",
            examples = "{\"loss\": 0.41, \"val_loss\": 0.45}")
        Map<String, Object> metrics,
    @Schema(
            description = "Metrics of the evaluation on the test part.",
            examples = "{\"loss\": 0.44}")
        Map<String, Object> test,
    @Schema(description = "True if the run is archived.") Boolean archived,
    @Schema(
            description =
                "The requested columns that the run's request has, by path. A value of more than"
                    + " 2,000 characters is shortened text.",
            examples = "{\"optimizer.learning_rate\": 0.01}")
        Map<String, Object> values) {
  public RunSummary {
    archived = Boolean.TRUE.equals(archived) ? true : null;
  }

  /** A run without values, as queries construct it. */
  public RunSummary(
      String run,
      String experiment,
      String variant,
      Long seed,
      RunState state,
      List<String> tags,
      String reason,
      Instant queuedAt,
      Instant startedAt,
      Instant endedAt,
      int epochsDone,
      Integer epochs,
      long stepsDone,
      Integer stepsPerEpoch,
      Double seconds,
      Map<String, Object> metrics,
      Map<String, Object> test,
      Boolean archived) {
    this(
        run,
        experiment,
        variant,
        seed,
        state,
        tags,
        reason,
        queuedAt,
        startedAt,
        endedAt,
        epochsDone,
        epochs,
        stepsDone,
        stepsPerEpoch,
        seconds,
        metrics,
        test,
        archived,
        null);
  }

  /** This run with values of its request. */
  RunSummary with(Map<String, Object> values) {
    return new RunSummary(
        run,
        experiment,
        variant,
        seed,
        state,
        tags,
        reason,
        queuedAt,
        startedAt,
        endedAt,
        epochsDone,
        epochs,
        stepsDone,
        stepsPerEpoch,
        seconds,
        metrics,
        test,
        archived,
        values);
  }
}
