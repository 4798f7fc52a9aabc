package io.millrace.results.log;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import io.millrace.results.query.Remainder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A page of a run's log, in order. */
@Schema(description = "A page of a run's log, in order.")
public record LogPage(
    List<Entry> events,
    @Schema(description = "The cursor of the next page; absent on the last page.") String next)
    implements Remainder.Cuttable {

  @Override
  public Remainder remainder() {
    return Remainder.after("cursor", next);
  }

  /** An entry of the log. */
  @Schema(
      name = "LogEntry",
      description = "An event of a run, with the event's own fields next to these.",
      additionalProperties = Schema.True.class)
  public record Entry(
      @Schema(description = "Increases from entry to entry.") long id,
      String run,
      Instant at,
      @Schema(
              description =
                  "queued, started, resumed, epoch-completed, evaluated, completed, failed,"
                      + " cancelled or rejected.")
          String type,
      @Schema(description = "What happened, in one sentence.") String text,
      @Schema(hidden = true) @JsonAnyGetter Map<String, Object> body) {}
}
