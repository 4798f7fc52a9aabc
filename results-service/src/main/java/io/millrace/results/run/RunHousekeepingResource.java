package io.millrace.results.run;

import io.millrace.access.Callers;
import io.millrace.access.Roles;
import io.millrace.contracts.Check;
import io.millrace.results.housekeeping.Deed;
import io.millrace.results.housekeeping.Housekeeping;
import io.millrace.results.http.AuditLog;
import io.millrace.results.http.ErrorBody;
import io.millrace.results.http.Housekept;
import io.millrace.results.http.Requesters;
import io.millrace.results.query.UnknownException;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Archives, restores and deletes a run. */
@Path("/runs")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(Roles.SUBMITTER)
@Tag(name = "runs")
@APIResponse(
    responseCode = "200",
    description = "Done.",
    content = @Content(schema = @Schema(implementation = Housekept.class)))
@APIResponse(
    responseCode = "403",
    description = "The run belongs to somebody else, and the token is not an admin's.",
    content = @Content(schema = @Schema(implementation = ErrorBody.class)))
@APIResponse(
    responseCode = "404",
    description = "The run does not exist.",
    content = @Content(schema = @Schema(implementation = ErrorBody.class)))
@APIResponse(
    responseCode = "409",
    description = "The run has not ended.",
    content = @Content(schema = @Schema(implementation = ErrorBody.class)))
@APIResponse(
    responseCode = "503",
    description = "Kafka or the database is unavailable.",
    content = @Content(schema = @Schema(implementation = ErrorBody.class)))
public class RunHousekeepingResource {
  private final Housekeeping housekeeping;
  private final Callers callers;
  private final AuditLog audit;

  RunHousekeepingResource(Housekeeping housekeeping, Callers callers, AuditLog audit) {
    this.housekeeping = housekeeping;
    this.callers = callers;
    this.audit = audit;
  }

  @POST
  @Path("/{run}/archive")
  @Operation(
      operationId = "archiveRun",
      summary = "Archive a run",
      description = "Hides an ended run from lists and comparisons.")
  public Uni<Housekept> archive(
      @PathParam("run") @Parameter(description = "The run's id.") String run) {
    return changed(Deed.ARCHIVE, run);
  }

  @POST
  @Path("/{run}/restore")
  @Operation(
      operationId = "restoreRun",
      summary = "Restore a run",
      description = "Shows an archived run in lists and comparisons again.")
  public Uni<Housekept> restore(
      @PathParam("run") @Parameter(description = "The run's id.") String run) {
    return changed(Deed.RESTORE, run);
  }

  @POST
  @Path("/{run}/delete")
  @Operation(
      operationId = "deleteRun",
      summary = "Delete a run",
      description =
          "Deletes an ended run with its losses, model and checkpoints. This cannot be undone. The"
              + " id can be used again.")
  public Uni<Housekept> delete(
      @PathParam("run") @Parameter(description = "The run's id.") String run) {
    return changed(Deed.DELETE, run);
  }

  private Uni<Housekept> changed(Deed deed, String run) {
    AuditLog.Line line = audit.line(deed.verb() + " " + Check.name("run", run));
    return line.endWith(
            housekeeping
                .run(deed, run, Requesters.of(callers))
                .onItem()
                .ifNull()
                .failWith(() -> UnknownException.ofRun(run)),
            runs -> "done, " + Check.count(runs, "run") + " changed")
        .map(Housekept::new);
  }
}
