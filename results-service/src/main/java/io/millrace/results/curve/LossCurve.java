package io.millrace.results.curve;

import io.millrace.results.query.Columns;
import io.millrace.results.query.Table;
import java.util.Arrays;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A run's losses by step, down-sampled, in columns. */
@Schema(
    description =
        "A run's losses by step, down-sampled, in columns of equal length. The smallest and the"
            + " largest loss of the range are included. Numbers have 6 significant digits; null:"
            + " not finite.")
public record LossCurve(
    @Schema(description = "The run's id.") String run,
    @Schema(description = "Number of steps in the range.") int total,
    @Schema(description = "The steps, counted from 0 over the whole run.") List<Number> step,
    @Schema(description = "The epochs, counted from 0.") List<Integer> epoch,
    @Schema(description = "The mean losses of the batches; null: not finite.") List<Number> loss,
    @Schema(description = "The smoothed losses; null: not finite; absent unless requested.")
        List<Number> smoothed)
    implements Table.Tabular {

  @Override
  public Table table() {
    return new Table(
        run + "-losses",
        List.of("step", "epoch", "loss", "smoothed"),
        () -> Columns.rows(List.of(), Arrays.asList(step, epoch, loss, smoothed)).iterator());
  }
}
