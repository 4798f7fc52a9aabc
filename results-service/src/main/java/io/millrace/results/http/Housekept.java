package io.millrace.results.http;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The result of archiving, restoring or deleting. */
@Schema(description = "The result of archiving, restoring or deleting.")
public record Housekept(
    @Schema(
            description =
                "Number of changed runs, without those that were already archived, restored or"
                    + " deleted.")
        int runs) {}
