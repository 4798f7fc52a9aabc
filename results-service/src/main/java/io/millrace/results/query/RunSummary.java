package io.millrace.results.query;

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
    @Schema(description = "True where it is archived.") Boolean archived) {
  public RunSummary {
    archived = Boolean.TRUE.equals(archived) ? true : null;
  }
}
