package io.millrace.results.live;

import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Losses of steps that were new, as columns. */
@Schema(description = "Losses of steps that were new, as columns.")
public record StepLosses(
    @Schema(description = "The run's id.") String run,
    @Schema(description = "Steps, counted from 0 over the whole run.") List<Long> step,
    @Schema(description = "Their losses; null: not finite.") List<Double> loss,
    @Schema(description = "Optimizer steps made so far.") long stepsDone,
    @Schema(description = "Epochs trained so far.") int epochsDone) {}
