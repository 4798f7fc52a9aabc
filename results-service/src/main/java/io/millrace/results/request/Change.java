package io.millrace.results.request;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A field that differs between two requests. */
@Schema(description = "A field that differs between a request and the baseline's.")
public record Change(
    @Schema(
            description =
                "The path of the field. The index of a list element is that in the variant's"
                    + " request, or in the baseline's if only the baseline has the element.",
            examples = "optimizer.learning_rate")
        String field,
    @Schema(
            description =
                "The baseline's value; absent if it has none. A value of more than 2,000 characters"
                    + " is shortened text.")
        Object from,
    @Schema(description = "The variant's value; absent if it has none. Shortened in the same way.")
        Object to) {

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
