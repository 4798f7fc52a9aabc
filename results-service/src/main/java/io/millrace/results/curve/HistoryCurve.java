package io.millrace.results.curve;

import io.millrace.results.query.Columns;
import io.millrace.results.query.Table;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A run by epochs, down-sampled, in columns. */
@Schema(
    description =
        "A run by epochs, down-sampled, in columns of one length. The smallest and the largest"
            + " value of each metric are among them where three points a metric were asked for.")
public record HistoryCurve(
    @Schema(description = "The run's id.") String run,
    @Schema(description = "Epochs that are done.") int total,
    @Schema(description = "Counts from 0.") List<Integer> epoch,
    @Schema(description = "Steps that the run had made at its end.") List<Long> step,
    @Schema(description = "When it ended.") List<Instant> at,
    @Schema(description = "By Keras' names; null: not finite.") Map<String, List<Number>> metrics,
    @Schema(description = "The same, smoothed; absent where not asked for.")
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
