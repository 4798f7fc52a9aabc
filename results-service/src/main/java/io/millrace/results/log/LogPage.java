package io.millrace.results.log;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import io.millrace.results.query.Remainder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What happened to a run, in order. */
@Schema(description = "A page of what happened to a run, in order.")
public record LogPage(
    List<Entry> events,
    @Schema(description = "The cursor of the next page; absent on the last one.") String next)
    implements Remainder.Cuttable {

  @Override
  public Remainder remainder() {
    return Remainder.after("cursor", next);
  }

  /** Something that happened. */
  @Schema(
      name = "LogEntry",
      description = "Something that happened to a run, with the event's own fields beside these.",
      additionalProperties = Schema.True.class)
  public record Entry(
      @Schema(description = "Rises from one to the next.") long id,
      String run,
      Instant at,
      @Schema(
              description =
                  "queued, started, resumed, epoch-completed, evaluated, completed, failed,"
                      + " cancelled or rejected.")
          String type,
      @Schema(description = "One sentence.") String text,
      @Schema(hidden = true) @JsonAnyGetter Map<String, Object> body) {}
}
