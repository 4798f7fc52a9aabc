package io.millrace.results.experiment;

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

/** Stores the note of an experiment. */
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
      summary = "Store a note on an experiment",
      description = "The note is stored unchanged until the last run of the experiment is deleted.")
  @RequestBody(
      description = "The note to store.",
      content = @Content(schema = @Schema(implementation = Notes.OfExperiment.class)))
  @APIResponse(
      responseCode = "200",
      description = "The stored note.",
      content = @Content(schema = @Schema(implementation = Notes.ExperimentNote.class)))
  @APIResponse(
      responseCode = "400",
      description = "The body is invalid; field names the faulty field.")
  @APIResponse(
      responseCode = "403",
      description =
          "A run of the experiment belongs to somebody else, and the token is not an admin's.")
  @APIResponse(responseCode = "404", description = "The experiment does not exist.")
  public Uni<Notes.ExperimentNote> note(
      @PathParam("experiment") @Parameter(description = "The experiment's name.") String experiment,
      byte[] body) {
    AuditLog.Line line = audit.line("note experiment " + Check.name("experiment", experiment));
    return line.endWith(
        notes
            .experiment(experiment, Notes.OfExperiment.read(body), Requesters.of(callers))
            .onItem()
            .ifNull()
            .failWith(() -> UnknownException.ofExperiment(experiment)),
        written -> "done");
  }
}
