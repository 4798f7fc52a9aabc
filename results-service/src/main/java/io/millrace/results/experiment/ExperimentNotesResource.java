package io.millrace.results.experiment;

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

/** An experiment's note. */
@Path("/experiments")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(Roles.SUBMITTER)
@Tag(name = "experiments")
public class ExperimentNotesResource {
  private final Notes notes;
  private final Callers callers;
  private final AuditLog audit;

  ExperimentNotesResource(Notes notes, Callers callers, AuditLog audit) {
    this.notes = notes;
    this.callers = callers;
    this.audit = audit;
  }

  @PATCH
  @Path("/{experiment}")
  @Consumes(MediaType.APPLICATION_JSON)
  @Operation(
      operationId = "noteExperiment",
      summary = "Write a note of an experiment",
      description =
          "The note is kept as it is written, until the last run of the experiment is deleted.")
  @RequestBody(
      description = "What is to be written.",
      content = @Content(schema = @Schema(implementation = Notes.OfExperiment.class)))
  @APIResponse(
      responseCode = "200",
      description = "What is written of it now.",
      content = @Content(schema = @Schema(implementation = Notes.ExperimentNote.class)))
  @APIResponse(
      responseCode = "400",
      description = "The body cannot be understood; field says where.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  @APIResponse(
      responseCode = "403",
      description = "A run of it belongs to somebody else, and the token is no admin's.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  @APIResponse(
      responseCode = "404",
      description = "No such experiment is known.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  @APIResponse(
      responseCode = "503",
      description = "The database is away.",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  public Uni<Notes.ExperimentNote> note(
      @PathParam("experiment") @Parameter(description = "The experiment's name.") String experiment,
      byte[] body) {
    AuditLog.Line line = audit.line("note experiment " + Check.name("experiment", experiment));
    return notes
        .experiment(experiment, Notes.OfExperiment.read(body), Requesters.of(callers))
        .onItem()
        .ifNull()
        .failWith(
            () -> new UnknownException("no experiment " + Check.quote(experiment) + " is known"))
        .onItem()
        .invoke(written -> line.end("done"))
        .onFailure()
        .invoke(e -> line.end("refused, " + e.getMessage()));
  }
}
