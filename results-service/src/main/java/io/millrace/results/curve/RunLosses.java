package io.millrace.results.curve;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.results.query.Remainder;
import io.millrace.results.query.Table;
import java.util.Arrays;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A run by steps, a page of them. */
@Schema(name = "Losses", description = "A run by steps, a page of them.")
public record RunLosses(
    @Schema(description = "The run's id.") String run,
    @Schema(description = "In order.") List<StepLoss> steps,
    @Schema(description = "The value of from for the next page; absent on the last one.") Long next)
    implements Table.Tabular, Remainder.Cuttable {
  @Override
  public Remainder remainder() {
    return Remainder.after("from", next);
  }

  @Override
  public Table table() {
    return new Table(
        run + "-losses",
        List.of("step", "epoch", "loss"),
        () ->
            steps.stream()
                .<List<?>>map(step -> Arrays.asList(step.step(), step.epoch(), step.loss()))
                .iterator());
  }

  /** A step. */
  @Schema(description = "A step of the optimizer.")
  public record StepLoss(
      @Schema(description = "Counts from 0 over the whole run.") long step,
      @Schema(description = "Counts from 0.") int epoch,
      @Schema(
              description =
                  "The mean loss of the step's batch, before its update; null: not finite.")
          @JsonInclude(JsonInclude.Include.ALWAYS)
          Double loss) {}
}
