package io.millrace.results.curve;

import io.millrace.results.query.Columns;
import io.millrace.results.query.Table;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A run's history by epoch, down-sampled, in columns. */
@Schema(
    description =
        "A run's history by epoch, down-sampled, in columns of equal length. It includes the"
            + " smallest and the largest value of each metric if points is at least three times the"
            + " number of metrics.")
public record HistoryCurve(
    @Schema(description = "The run's id.") String run,
    @Schema(description = "Number of completed epochs.") int total,
    @Schema(description = "The epochs, counted from 0.") List<Integer> epoch,
    @Schema(description = "Steps of the run at the end of the epoch.") List<Long> step,
    @Schema(description = "When the epoch ended.") List<Instant> at,
    @Schema(description = "Metrics by their Keras names; null: not finite.")
        Map<String, List<Number>> metrics,
    @Schema(description = "The smoothed metrics; absent unless requested.")
        Map<String, List<Number>> smoothed)
    implements Table.Tabular {

  @Override
  public Table table() {
    var names = new ArrayList<>(List.of("epoch", "step", "at"));
    var columns = new ArrayList<List<?>>(List.of(epoch, step, at));
    metrics.forEach(
        (name, column) -> {
          names.add(name);
          columns.add(column);
          if (smoothed != null) {
            names.add(name + "_smoothed");
            columns.add(smoothed.get(name));
          }
        });
    return new Table(run + "-history", names, () -> Columns.rows(List.of(), columns).iterator());
  }
}
