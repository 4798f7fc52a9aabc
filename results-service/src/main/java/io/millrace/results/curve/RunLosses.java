package io.millrace.results.curve;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.results.query.Remainder;
import io.millrace.results.query.Table;
import java.util.Arrays;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A page of a run's losses by step. */
@Schema(name = "Losses", description = "A page of a run's losses by step.")
public record RunLosses(
    @Schema(description = "The run's id.") String run,
    @Schema(description = "The losses in the order of the steps.") List<StepLoss> steps,
    @Schema(description = "The value of from for the next page; absent on the last page.")
        Long next)
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

  /** The loss of a step. */
  @Schema(description = "The loss of an optimizer step.")
  public record StepLoss(
      @Schema(description = "The step, counted from 0 over the whole run.") long step,
      @Schema(description = "The epoch, counted from 0.") int epoch,
      @Schema(description = "The mean loss of the batch, before the update; null: not finite.")
          @JsonInclude(JsonInclude.Include.ALWAYS)
          Double loss) {}
}
