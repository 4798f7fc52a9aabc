package io.millrace.results.api;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The answer to a request that cannot be served. */
@Schema(name = "Error", description = "Why a request cannot be served.")
public record ErrorBody(
    @Schema(description = "One sentence for the user.") String error,
    @Schema(description = "The parameter that is to blame; absent where none is.") String field) {}
