package io.millrace.results.curve;

import io.millrace.results.query.Columns;
import io.millrace.results.query.Table;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Curves of one metric for several runs. */
@Schema(description = "Curves of one metric for several runs, down-sampled, in columns.")
public record Curves(
    @Schema(description = "The Keras name of the metric.", examples = "val_loss") String metric,
    @Schema(description = "The x axis: step, epoch, or time in seconds since the run's start.")
        CurveAxis x,
    @Schema(description = "The curves in the order of the parameter run.") List<Curve> curves)
    implements Table.Tabular {

  /** The curve of one run. */
  @Schema(description = "The curve of one run, in columns of equal length.")
  public record Curve(
      @Schema(description = "The run's id.") String run,
      @Schema(description = "The variant of the run.") String variant,
      @Schema(description = "The seed of the run.") Long seed,
      @Schema(description = "Number of points in the range before down-sampling.") int total,
      @Schema(description = "The x values, ascending.") List<Number> x,
      @Schema(description = "The metric; null: not finite.") List<Number> y,
      @Schema(description = "The smoothed metric; absent unless requested.")
          List<Number> smoothed) {

    Stream<List<?>> rows() {
      return Columns.rows(Arrays.asList(run, variant, seed), Arrays.asList(x, y, smoothed));
    }
  }

  @Override
  public Table table() {
    return new Table(
        "curves-" + metric,
        List.of("run", "variant", "seed", x.json(), metric, "smoothed"),
        () -> curves.stream().flatMap(Curve::rows).iterator());
  }
}
