package io.millrace.results.run;

import io.millrace.access.Callers;
import io.millrace.access.Roles;
import io.millrace.contracts.Check;
import io.millrace.results.housekeeping.Notes;
import io.millrace.results.http.AuditLog;
import io.millrace.results.http.ErrorBody;
import io.millrace.results.http.Requesters;
import io.millrace.results.query.UnknownException;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** A run's note and its tags. */
@Path("/runs")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(Roles.SUBMITTER)
@Tag(name = "runs")
public class RunNotesResource {
  private final Notes notes;
  private final Callers callers;
  private final AuditLog audit;

  RunNotesResource(Notes notes, Callers callers, AuditLog audit) {
    this.notes = notes;
    this.callers = callers;
    this.audit = audit;
  }

  @PATCH
  @Path("/{run}")
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      operationId = "noteRun",
      summary = "Write a note of a run, or change its tags",
      description =
          "Whatever its state. The note is kept as it is written. Tags take the place of those"
              + " that the run has, and list and find it from now on, also where it trains again.")
  @RequestBody(
      description = "What is to be written.",
      content = @Content(schema = @Schema(implementation = Notes.OfRun.class)))
  @APIResponse(
      responseCode = "200",
      description = "What is written of it now.",
      content = @Content(schema = @Schema(implementation = Notes.RunNotes.class)))
  @APIResponse(
      responseCode = "400",
      description = "The body cannot be understood; field says where.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  @APIResponse(
      responseCode = "403",
      description = "The run belongs to somebody else, and the token is no admin's.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  @APIResponse(
      responseCode = "404",
      description = "No such run is known.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  @APIResponse(
      responseCode = "503",
      description = "The database is away.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  public Uni<Notes.RunNotes> note(
      @PathParam("run") @Parameter(description = "The run's id.") String run, byte[] body) {
    AuditLog.Line line = audit.line("note " + Check.name("run", run));
    return notes
        .run(run, Notes.OfRun.read(body), Requesters.of(callers))
        .onItem()
        .ifNull()
        .failWith(() -> new UnknownException("no run " + Check.quote(run) + " is known"))
        .onItem()
        .invoke(written -> line.end("done"))
        .onFailure()
        .invoke(e -> line.end("refused, " + e.getMessage()));
  }
}
