package io.millrace.results.live;

import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The losses of new steps, as columns. */
@Schema(description = "The losses of new steps, as columns.")
public record StepLosses(
    @Schema(description = "The run's id.") String run,
    @Schema(description = "Steps, counted from 0 over the whole run.") List<Long> step,
    @Schema(description = "Their losses; null: not finite.") List<Double> loss,
    @Schema(description = "Optimizer steps completed so far.") long stepsDone,
    @Schema(description = "Epochs completed so far.") int epochsDone) {}
