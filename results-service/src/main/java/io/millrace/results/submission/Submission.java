package io.millrace.results.submission;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What becomes of a request that was submitted. */
@Schema(description = "A request that was taken.")
public record Submission(
    @Schema(description = "The run's id; of a sweep the base of its runs' ids.") String run,
    @Schema(description = "Every run's id.") List<String> runs,
    @JsonIgnore boolean isNew) {}
