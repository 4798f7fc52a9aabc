package io.millrace.results.run;

import com.fasterxml.jackson.annotation.JsonValue;
import io.millrace.results.query.Remainder;
import io.millrace.results.query.Table;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** By what runs can be told, narrowed down and sorted. */
@Schema(
    description =
        "The fields and metrics that runs have, for columns, where and sort of a list of runs. The"
            + " newest 500 runs count.")
public record RunFields(
    @Schema(description = "Those that differ between the runs first, at most 500.")
        List<RequestField> fields,
    @Schema(
            description = "The names of the metrics that any of the runs has, at most 200.",
            examples = "[\"acc\", \"loss\", \"test_acc\", \"val_loss\"]")
        List<String> metrics,
    @Schema(description = "How many runs were looked at.") int runs,
    @Schema(
            description =
                "True where there are more runs, fields, or metrics, or requests of more than 16"
                    + " million characters.")
        Boolean truncated)
    implements Table.Tabular, Remainder.Cuttable {
  @Override
  public Remainder remainder() {
    return Remainder.outOfReach(Boolean.TRUE.equals(truncated));
  }

  /** What a field holds. */
  public enum Kind {
    /** A number in every run that has it. */
    NUMBER,
    /** Text, true or false. */
    TEXT,
    /** A list, or different things in different runs. */
    OTHER;

    /** Its name. */
    @JsonValue
    public String json() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A field of requests. */
  @Schema(description = "A field of requests.")
  public record RequestField(
      @Schema(description = "Its path.", examples = "optimizer.learning_rate") String field,
      Kind kind,
      @Schema(description = "How many different values; having none is one of them.") int distinct,
      @Schema(description = "Whether it differs between the runs.") boolean varies) {}

  /** A row a field. */
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
