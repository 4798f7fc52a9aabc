package io.millrace.results.http;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What was archived, restored or deleted. */
@Schema(description = "What was archived, restored or deleted.")
public record Housekept(
    @Schema(
            description =
                "How many runs were changed. Those that were archived, restored or deleted already"
                    + " are not counted.")
        int runs) {}
