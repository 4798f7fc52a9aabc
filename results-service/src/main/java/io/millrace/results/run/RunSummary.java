package io.millrace.results.run;

import io.millrace.results.store.RunState;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A run as lists show it. */
@Schema(description = "A run as lists show it. What is not known is left out.")
public record RunSummary(
    @Schema(description = "The run's id.", examples = "flowers-augmented-1") String run,
    @Schema(description = "The question that it belongs to.") String experiment,
    @Schema(description = "The answer that it tries.") String variant,
    @Schema(description = "What its random numbers start from.") Long seed,
    RunState state,
    @Schema(description = "Names to find it by.", examples = "[\"night\"]") List<String> tags,
    @Schema(description = "Why it ended badly.") String reason,
    @Schema(description = "When its request was published.") Instant queuedAt,
    @Schema(description = "When a trainer first took it up.") Instant startedAt,
    @Schema(description = "When it ended, well or badly.") Instant endedAt,
    @Schema(description = "Epochs trained so far.") int epochsDone,
    @Schema(description = "Epochs that were asked for.") Integer epochs,
    @Schema(description = "Optimizer steps made so far.") long stepsDone,
    @Schema(description = "Optimizer steps of an epoch.") Integer stepsPerEpoch,
    @Schema(description = "From its first start to its end; of completed runs.") Double seconds,
    @Schema(
            description = "Of the latest epoch, by Keras' names.",
            examples = "{\"loss\": 0.41, \"val_loss\": 0.45}")
        Map<String, Object> metrics,
    @Schema(description = "Of the evaluation on the test part.", examples = "{\"loss\": 0.44}")
        Map<String, Object> test,
    @Schema(description = "True where it is archived.") Boolean archived,
    @Schema(
            description =
                "Of its request, the columns that are asked for and that it has, by their paths. A"
                    + " value of more than 2,000 characters is told as text that is cut.",
            examples = "{\"optimizer.learning_rate\": 0.01}")
        Map<String, Object> values) {
  public RunSummary {
    archived = Boolean.TRUE.equals(archived) ? true : null;
  }

  /** Without values, as a query makes it. */
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

  /** The same with values of its request. */
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
