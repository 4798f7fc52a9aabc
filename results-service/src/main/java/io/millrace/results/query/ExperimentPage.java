package io.millrace.results.query;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Experiments, newest first. */
@Schema(description = "A page of experiments, those with the newest runs first.")
public record ExperimentPage(
    List<ExperimentSummary> experiments,
    @Schema(description = "The cursor of the next page; absent on the last one.") String next) {

  /** An experiment as lists show it. */
  @Schema(description = "An experiment as lists show it.")
  public record ExperimentSummary(
      @Schema(description = "Its name.") String experiment,
      @Schema(description = "How many variants it has.") int variants,
      @Schema(description = "How many runs it has.") int runs,
      @Schema(description = "How many runs are in each state.", examples = "{\"COMPLETED\": 8}")
          Map<String, Integer> states,
      @Schema(description = "When its newest run became known.") Instant newestAt) {}
}
