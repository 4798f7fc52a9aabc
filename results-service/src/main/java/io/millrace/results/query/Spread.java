package io.millrace.results.query;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A number over replicates. */
@Schema(description = "A number over replicates.")
public record Spread(
    @Schema(description = "Replicates that have the number.") int n,
    @Schema(description = "Their mean.") double mean,
    @Schema(
            description =
                "Their sample standard deviation (n - 1 in the denominator); null for n = 1, where"
                    + " there is no spread to judge by.")
        @JsonInclude(JsonInclude.Include.ALWAYS)
        Double std,
    @Schema(description = "The smallest.") double min,
    @Schema(description = "The largest.") double max) {

  /** Of at least one finite number. */
  static Spread of(List<Double> values) {
    DoubleSummaryStatistics summary =
        values.stream().mapToDouble(Double::doubleValue).summaryStatistics();
    int n = values.size();
    double mean = summary.getAverage();
    Double std = null;
    if (n > 1) {
      double squares = values.stream().mapToDouble(value -> (value - mean) * (value - mean)).sum();
      std = Math.sqrt(squares / (n - 1));
    }
    return new Spread(n, mean, std, summary.getMin(), summary.getMax());
  }
}
