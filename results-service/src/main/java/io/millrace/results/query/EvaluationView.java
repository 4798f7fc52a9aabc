package io.millrace.results.query;

import java.time.Instant;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The evaluation of a run's model on the test part. */
@Schema(description = "The evaluation of a run's model on the test part.")
public record EvaluationView(
    @Schema(description = "The run's id.") String run,
    @Schema(description = "When.") Instant at,
    @Schema(description = "Of the test part.") Integer samples,
    @Schema(description = "Of the model: loss and those of the request.")
        Map<String, Object> metrics,
    @Schema(description = "The naive answer's score on the same samples: name, metrics.")
        Map<String, Object> baseline,
    @Schema(
            description =
                "Of a classification: classes, and matrix, with the samples by true class (row)"
                    + " and predicted class (column).")
        Map<String, Object> confusion,
    @Schema(
            description =
                "Of a series, in the column's units: dates, truth, predicted (the first 10,000"
                    + " values at most), rmse, mae, baseline_rmse, baseline_mae.")
        Map<String, Object> prediction) {}
