package io.millrace.results.experiment;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.results.statistics.Sample;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Statistics of a number over replicates. */
@Schema(
    description =
        "Statistics of a number over replicates; null if it is not finite in any of them.")
public record Spread(
    @Schema(description = "Number of replicates with a finite value.") int n,
    @Schema(description = "The mean.") double mean,
    @Schema(
            description =
                "The sample standard deviation (n - 1 in the denominator); null for n = 1.")
        @JsonInclude(JsonInclude.Include.ALWAYS)
        Double std,
    @Schema(
            description =
                "The lower end of the mean's 95% confidence interval (Student's t); null for n ="
                    + " 1.")
        @JsonInclude(JsonInclude.Include.ALWAYS)
        Double low,
    @Schema(description = "The upper end of the confidence interval; null for n = 1.")
        @JsonInclude(JsonInclude.Include.ALWAYS)
        Double high,
    @Schema(description = "The minimum.") double min,
    @Schema(description = "The maximum.") double max) {

  /** The statistics of values, at least one of which is finite. */
  public static Spread of(List<Double> values) {
    DoubleSummaryStatistics summary =
        values.stream().mapToDouble(Double::doubleValue).summaryStatistics();
    Sample sample = Sample.of(values);
    Sample.Interval interval = sample.confidence();
    return new Spread(
        sample.n(),
        sample.mean(),
        sample.n() > 1 ? (Double) sample.std() : null,
        interval == null ? null : (Double) interval.low(),
        interval == null ? null : (Double) interval.high(),
        summary.getMin(),
        summary.getMax());
  }
}
