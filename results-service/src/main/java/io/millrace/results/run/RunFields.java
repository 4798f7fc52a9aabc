package io.millrace.results.run;

import com.fasterxml.jackson.annotation.JsonValue;
import io.millrace.results.query.Remainder;
import io.millrace.results.query.Table;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The fields and metrics by which runs can be listed, filtered and sorted. */
@Schema(
    description =
        "The fields and metrics of the newest 500 runs, for the parameters columns, where and sort"
            + " of GET /runs.")
public record RunFields(
    @Schema(description = "At most 500 fields, those that differ between the runs first.")
        List<RequestField> fields,
    @Schema(
            description = "The metrics of the runs, at most 200.",
            examples = "[\"acc\", \"loss\", \"test_acc\", \"val_loss\"]")
        List<String> metrics,
    @Schema(description = "Number of runs.") int runs,
    @Schema(
            description =
                "True if there are more runs, fields or metrics, or if the requests have more than"
                    + " 16 million characters.")
        Boolean truncated)
    implements Table.Tabular, Remainder.Cuttable {
  @Override
  public Remainder remainder() {
    return Remainder.outOfReach(Boolean.TRUE.equals(truncated));
  }

  /** The type of a field's values. */
  public enum Kind {
    /** Numbers. */
    NUMBER,
    /** Text, true or false. */
    TEXT,
    /** Lists, or different types in different runs. */
    OTHER;

    /** The name in JSON. */
    @JsonValue
    public String json() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A field of the training requests. */
  @Schema(description = "A field of the training requests.")
  public record RequestField(
      @Schema(description = "The path of the field.", examples = "optimizer.learning_rate")
          String field,
      Kind kind,
      @Schema(description = "Number of different values; a missing value counts as one.")
          int distinct,
      @Schema(description = "Whether the field differs between the runs.") boolean varies) {}

  /** One row per field. */
  @Override
  public Table table() {
    return new Table(
        "fields",
        List.of("field", "kind", "distinct", "varies"),
        () ->
            fields.stream()
                .<List<?>>map(
                    one ->
                        Arrays.asList(one.field(), one.kind().json(), one.distinct(), one.varies()))
                .iterator());
  }
}
