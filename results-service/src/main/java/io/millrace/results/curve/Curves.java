package io.millrace.results.curve;

import io.millrace.results.query.Columns;
import io.millrace.results.query.Table;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A metric of several runs. */
@Schema(description = "A metric of several runs, each down-sampled, in columns.")
public record Curves(
    @Schema(description = "By Keras' names.", examples = "val_loss") String metric,
    @Schema(description = "What x is: step, epoch, or time in seconds since the run's start.")
        CurveAxis x,
    @Schema(description = "In the order in which they were asked for.") List<Curve> curves)
    implements Table.Tabular {

  /** A run's. */
  @Schema(description = "A run's curve, in columns of one length.")
  public record Curve(
      @Schema(description = "The run's id.") String run,
      @Schema(description = "Its variant.") String variant,
      @Schema(description = "What its random numbers start from.") Long seed,
      @Schema(description = "Points in the range before down-sampling.") int total,
      @Schema(description = "Ascending.") List<Number> x,
      @Schema(description = "The metric; null: not finite.") List<Number> y,
      @Schema(description = "The metric smoothed; absent where not asked for.")
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
