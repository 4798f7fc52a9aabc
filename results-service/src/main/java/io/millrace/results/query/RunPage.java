package io.millrace.results.query;

import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Runs, newest first. */
@Schema(description = "A page of runs, newest first.")
public record RunPage(
    List<RunSummary> runs,
    @Schema(description = "The cursor of the next page; absent on the last one.") String next) {}
