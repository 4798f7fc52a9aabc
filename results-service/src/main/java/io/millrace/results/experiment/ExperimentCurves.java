package io.millrace.results.experiment;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.results.curve.CurveAxis;
import io.millrace.results.query.Columns;
import io.millrace.results.query.Remainder;
import io.millrace.results.query.Table;
import io.millrace.results.sampling.Band;
import io.millrace.results.sampling.Significant;
import io.millrace.results.sampling.Smoothing;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** An experiment's variants over one another, each as a band of its replicates. */
@Schema(description = "An experiment's variants over one another, each as a band of its runs.")
public record ExperimentCurves(
    @Schema(description = "Its name.") String experiment,
    @Schema(description = "By Keras' names.", examples = "val_loss") String metric,
    @Schema(description = "What x is: step, epoch, or time in seconds since the run's start.")
        CurveAxis x,
    @Schema(description = "In the order of their first runs.") List<VariantBand> variants,
    @Schema(
            description =
                "True where there are more runs than are read: then the newest of them count.")
        Boolean truncated)
    implements Table.Tabular, Remainder.Cuttable {
  @Override
  public Remainder remainder() {
    return Remainder.outOfReach(Boolean.TRUE.equals(truncated));
  }

  /** A variant's. */
  @Schema(description = "A variant's band, in columns of one length.")
  public record VariantBand(
      @Schema(description = "Its name.") String variant,
      @Schema(description = "How many runs it is of, as far as they have come.") int runs,
      @Schema(description = "Ascending.") List<Number> x,
      @Schema(description = "How many runs have come so far.") List<Integer> n,
      @Schema(description = "Their mean; null: in no run finite.") List<Number> mean,
      @Schema(description = "A sample standard deviation below it; null where n = 1.")
          @JsonInclude(JsonInclude.Include.ALWAYS)
          List<Number> low,
      @Schema(description = "And above it; null likewise.") List<Number> high,
      @Schema(description = "The smallest; null likewise.") List<Number> min,
      @Schema(description = "The largest; null likewise.") List<Number> max,
      @Schema(description = "The mean smoothed; absent where not asked for.")
          List<Number> smoothed) {

    static VariantBand of(String variant, int runs, Band.Points points, Double smooth) {
      return new VariantBand(
          variant,
          runs,
          Significant.column(points.x()),
          Arrays.stream(points.n()).boxed().toList(),
          Significant.column(points.mean()),
          Significant.column(points.away(-1)),
          Significant.column(points.away(1)),
          Significant.column(points.min()),
          Significant.column(points.max()),
          smooth == null ? null : Significant.column(Smoothing.ofWeight(smooth, points.mean())));
    }

    Stream<List<?>> rows() {
      return Columns.rows(
          List.of(variant), Arrays.asList(x, n, mean, low, high, min, max, smoothed));
    }
  }

  @Override
  public Table table() {
    return new Table(
        experiment + "-curves-" + metric,
        List.of("variant", x.json(), "n", "mean", "low", "high", "min", "max", "smoothed"),
        () -> variants.stream().flatMap(VariantBand::rows).iterator());
  }
}
