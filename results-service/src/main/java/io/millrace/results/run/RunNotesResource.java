package io.millrace.results.run;

import io.millrace.access.Callers;
import io.millrace.access.Roles;
import io.millrace.contracts.Check;
import io.millrace.results.housekeeping.Notes;
import io.millrace.results.http.AuditLog;
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

/** Stores the note and the tags of a run. */
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
      summary = "Store a note on a run, or change its tags",
      description =
          "Works in any state of the run. The note is stored unchanged. The tags replace those of"
              + " the run and stay, even if the run trains again.")
  @RequestBody(
      description = "The note and the tags to store; either or both.",
      content = @Content(schema = @Schema(implementation = Notes.OfRun.class)))
  @APIResponse(
      responseCode = "200",
      description = "The stored note and tags.",
      content = @Content(schema = @Schema(implementation = Notes.RunNotes.class)))
  @APIResponse(
      responseCode = "400",
      description = "The body is invalid; field names the faulty field.")
  @APIResponse(
      responseCode = "403",
      description = "The run belongs to somebody else, and the token is not an admin's.")
  @APIResponse(responseCode = "404", description = "The run does not exist.")
  public Uni<Notes.RunNotes> note(
      @PathParam("run") @Parameter(description = "The run's id.") String run, byte[] body) {
    AuditLog.Line line = audit.line("note " + Check.name("run", run));
    return line.endWith(
        notes
            .run(run, Notes.OfRun.read(body), Requesters.of(callers))
            .onItem()
            .ifNull()
            .failWith(() -> UnknownException.ofRun(run)),
        written -> "done");
  }
}
