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

/** Curves of an experiment's variants, each as a band over its replicates. */
@Schema(description = "Curves of an experiment's variants, each as a band over its replicates.")
public record ExperimentCurves(
    @Schema(description = "The name of the experiment.") String experiment,
    @Schema(description = "The Keras name of the metric.", examples = "val_loss") String metric,
    @Schema(description = "The x axis: step, epoch, or time in seconds since the run's start.")
        CurveAxis x,
    @Schema(description = "The variants, in the order of their first runs.")
        List<VariantBand> variants,
    @Schema(description = "True if there are more runs than are read; then only the newest count.")
        Boolean truncated)
    implements Table.Tabular, Remainder.Cuttable {
  @Override
  public Remainder remainder() {
    return Remainder.outOfReach(Boolean.TRUE.equals(truncated));
  }

  /** The band of one variant. */
  @Schema(description = "The band of one variant, in columns of equal length.")
  public record VariantBand(
      @Schema(description = "The name of the variant.") String variant,
      @Schema(description = "Number of runs in the band.") int runs,
      @Schema(description = "The x values, ascending.") List<Number> x,
      @Schema(description = "Number of runs that have reached x.") List<Integer> n,
      @Schema(description = "The mean over the runs; null: not finite in any run.")
          List<Number> mean,
      @Schema(description = "The mean minus one sample standard deviation; null if n = 1.")
          @JsonInclude(JsonInclude.Include.ALWAYS)
          List<Number> low,
      @Schema(description = "The mean plus one sample standard deviation; null if n = 1.")
          List<Number> high,
      @Schema(description = "The minimum; null: not finite in any run.") List<Number> min,
      @Schema(description = "The maximum; null: not finite in any run.") List<Number> max,
      @Schema(description = "The smoothed mean; absent unless requested.") List<Number> smoothed) {

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
