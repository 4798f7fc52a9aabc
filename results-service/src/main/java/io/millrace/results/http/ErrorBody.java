package io.millrace.results.http;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** An error response: a problem document (RFC 9457). */
@Schema(name = "Problem", description = "Why a request failed (RFC 9457).")
public record ErrorBody(
    @Schema(description = "Always about:blank: the status is the type.") String type,
    @Schema(description = "The reason phrase of the status.") String title,
    @Schema(description = "The HTTP status.") int status,
    @Schema(description = "What is wrong, in one sentence.") String detail,
    @Schema(description = "The faulty parameter or field; absent if there is none.")
        String field) {}
