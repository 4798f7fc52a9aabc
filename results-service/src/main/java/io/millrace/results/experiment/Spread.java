package io.millrace.results.experiment;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.results.statistics.Sample;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A number over replicates. */
@Schema(description = "A number over replicates; null where it is not finite in any of them.")
public record Spread(
    @Schema(description = "Replicates whose number is finite.") int n,
    @Schema(description = "Their mean.") double mean,
    @Schema(
            description =
                "Their sample standard deviation (n - 1 in the denominator); null for n = 1, where"
                    + " there is no spread to judge by.")
        @JsonInclude(JsonInclude.Include.ALWAYS)
        Double std,
    @Schema(
            description =
                "Lower end of the mean's 95% confidence interval by Student's t; null for n = 1.")
        @JsonInclude(JsonInclude.Include.ALWAYS)
        Double low,
    @Schema(description = "Its upper end; null for n = 1.") @JsonInclude(JsonInclude.Include.ALWAYS)
        Double high,
    @Schema(description = "The smallest.") double min,
    @Schema(description = "The largest.") double max) {

  /** Of at least one finite number. */
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
