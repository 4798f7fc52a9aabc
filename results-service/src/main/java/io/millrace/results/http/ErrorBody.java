package io.millrace.results.http;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The answer to a request that cannot be served: a problem document (RFC 9457). */
@Schema(name = "Problem", description = "Why a request cannot be served (RFC 9457).")
public record ErrorBody(
    @Schema(description = "Always about:blank: the status says it all.") String type,
    @Schema(description = "The status in words.") String title,
    @Schema(description = "The status.") int status,
    @Schema(description = "One sentence for the user.") String detail,
    @Schema(description = "The parameter or field that is to blame; absent where none is.")
        String field) {}
