package io.millrace.results.submission;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The answer to an accepted request. */
@Schema(description = "An accepted request.")
public record Submission(
    @Schema(description = "The run's id; for a sweep, the common prefix of its runs' ids.")
        String run,
    @Schema(description = "The ids of all runs.") List<String> runs,
    @JsonIgnore boolean isNew) {}
