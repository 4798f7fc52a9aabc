package io.millrace.results.experiment;

import io.millrace.results.query.Remainder;
import io.millrace.results.statistics.Contest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Experiments, newest first. */
@Schema(description = "A page of experiments, those with the newest runs first.")
public record ExperimentPage(
    List<ExperimentSummary> experiments,
    @Schema(description = "The cursor of the next page; absent on the last one.") String next)
    implements Remainder.Cuttable {

  @Override
  public Remainder remainder() {
    return Remainder.after("cursor", next);
  }

  /** An experiment as lists show it. */
  @Schema(description = "An experiment as lists show it.")
  public record ExperimentSummary(
      @Schema(description = "Its name.") String experiment,
      @Schema(description = "How many variants it has; rejected requests make none.") int variants,
      @Schema(description = "How many runs it has.") int runs,
      @Schema(description = "How many runs are in each state.", examples = "{\"COMPLETED\": 8}")
          Map<String, Integer> states,
      @Schema(description = "When its newest run became known.") Instant newestAt,
      @Schema(description = "Did the trick help? One sentence.") String answer,
      @Schema(description = "By which the variants are judged.", examples = "test_acc")
          String metric,
      @Schema(description = "The variant with the best mean; absent where no run has completed.")
          String bestVariant,
      @Schema(
              description =
                  "The course of that variant's val_loss, or loss, over the epochs: the mean of its"
                      + " newest 5 runs at 40 epochs at most. Before any run has completed, of the"
                      + " first variant.")
          List<Number> sparkline) {

    /**
     * With the answer.
     *
     * @param contest null where no run is compared: all requests were rejected, or a search has no
     *     finalists yet
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
