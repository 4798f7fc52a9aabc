package io.millrace.results.request;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A field in which one request differs from another. */
@Schema(description = "A field in which a request differs from the baseline's.")
public record Change(
    @Schema(
            description =
                "Its path. The index of an element of a list is that in the variant's request, of"
                    + " one that only the baseline has, that in the baseline's.",
            examples = "optimizer.learning_rate")
        String field,
    @Schema(
            description =
                "The baseline's value; absent where it has none. A value of more than 2,000"
                    + " characters is told as text that is cut.")
        Object from,
    @Schema(description = "The variant's value, likewise.") Object to) {

  /** On one line: {@code optimizer.learning_rate: 0.001 -> 0.01}. */
  String text() {
    if (from == null) {
      return field + ": + " + ValueText.of(to);
    }
    return to == null
        ? field + ": - " + ValueText.of(from)
        : field + ": " + ValueText.of(from) + " -> " + ValueText.of(to);
  }
}
