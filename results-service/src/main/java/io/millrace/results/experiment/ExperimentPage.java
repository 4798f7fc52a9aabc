package io.millrace.results.experiment;

import io.millrace.results.query.Remainder;
import io.millrace.results.statistics.Contest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A page of experiments, newest first. */
@Schema(description = "A page of experiments, those with the newest runs first.")
public record ExperimentPage(
    List<ExperimentSummary> experiments,
    @Schema(description = "The cursor of the next page; absent on the last page.") String next)
    implements Remainder.Cuttable {

  @Override
  public Remainder remainder() {
    return Remainder.after("cursor", next);
  }

  /** An experiment in a list. */
  @Schema(description = "An experiment in a list.")
  public record ExperimentSummary(
      @Schema(description = "The name of the experiment.") String experiment,
      @Schema(description = "Number of variants; rejected requests do not count.") int variants,
      @Schema(description = "Number of runs.") int runs,
      @Schema(description = "Number of runs in each state.", examples = "{\"COMPLETED\": 8}")
          Map<String, Integer> states,
      @Schema(description = "When the newest run was queued.") Instant newestAt,
      @Schema(description = "Which variants help, in one sentence.") String answer,
      @Schema(description = "The metric that variants are compared by.", examples = "test_acc")
          String metric,
      @Schema(description = "The variant with the best mean; absent if no run has completed.")
          String bestVariant,
      @Schema(
              description =
                  "The val_loss (or loss) of that variant over the epochs: the mean of its newest 5"
                      + " runs at 40 epochs at most. Before any run has completed, that of the"
                      + " first variant.")
          List<Number> sparkline) {

    /**
     * This summary with the answer of a contest.
     *
     * @param contest null if there are no runs to compare: all requests were rejected, or a search
     *     has no finalists yet
     */
    ExperimentSummary with(Contest contest, String answer, List<Number> sparkline) {
      return new ExperimentSummary(
          experiment,
          variants,
          runs,
          states,
          newestAt,
          answer,
          contest == null ? null : contest.metric(),
          contest == null ? null : contest.best(),
          sparkline);
    }
  }
}
