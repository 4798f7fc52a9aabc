package io.millrace.results.experiment;

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

/** Archives, restores and deletes all runs of an experiment. */
@Path("/experiments")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(Roles.SUBMITTER)
@Tag(name = "experiments")
@APIResponse(
    responseCode = "200",
    description = "It is done.",
    content = @Content(schema = @Schema(implementation = Housekept.class)))
@APIResponse(
    responseCode = "403",
    description =
        "A run of it belongs to somebody else, and the token is no admin's; none is changed.",
    content = @Content(schema = @Schema(implementation = ErrorBody.class)))
@APIResponse(
    responseCode = "404",
    description = "No such experiment is known.",
    content = @Content(schema = @Schema(implementation = ErrorBody.class)))
@APIResponse(
    responseCode = "409",
    description = "A run of it has not ended; none is changed.",
    content = @Content(schema = @Schema(implementation = ErrorBody.class)))
@APIResponse(
    responseCode = "503",
    description = "The broker or the database is away.",
    content = @Content(schema = @Schema(implementation = ErrorBody.class)))
public class ExperimentHousekeepingResource {
  private final Housekeeping housekeeping;
  private final Callers callers;
  private final AuditLog audit;

  ExperimentHousekeepingResource(Housekeeping housekeeping, Callers callers, AuditLog audit) {
    this.housekeeping = housekeeping;
    this.callers = callers;
    this.audit = audit;
  }

  @POST
  @Path("/{experiment}/archive")
  @Operation(
      operationId = "archiveExperiment",
      summary = "Archive an experiment",
      description = "Hides all its runs, which have ended, from lists and comparisons.")
  public Uni<Housekept> archive(
      @PathParam("experiment") @Parameter(description = "The experiment's name.")
          String experiment) {
    return changed(Deed.ARCHIVE, experiment);
  }

  @POST
  @Path("/{experiment}/restore")
  @Operation(
      operationId = "restoreExperiment",
      summary = "Restore an experiment",
      description = "Shows its archived runs again.")
  public Uni<Housekept> restore(
      @PathParam("experiment") @Parameter(description = "The experiment's name.")
          String experiment) {
    return changed(Deed.RESTORE, experiment);
  }

  @POST
  @Path("/{experiment}/delete")
  @Operation(
      operationId = "deleteExperiment",
      summary = "Delete an experiment",
      description =
          "Deletes all its runs, which have ended, with their losses, models and checkpoints; it cannot be undone.")
  public Uni<Housekept> delete(
      @PathParam("experiment") @Parameter(description = "The experiment's name.")
          String experiment) {
    return changed(Deed.DELETE, experiment);
  }

  private Uni<Housekept> changed(Deed deed, String experiment) {
    AuditLog.Line line =
        audit.line(deed.verb() + " experiment " + Check.name("experiment", experiment));
    var requester = Requesters.of(callers);
    return housekeeping
        .experiment(deed, experiment, requester)
        .onItem()
        .ifNull()
        .failWith(
            () -> new UnknownException("no experiment " + Check.quote(experiment) + " is known"))
        .onItem()
        .invoke(runs -> line.end("done, " + Check.count(runs, "run") + " changed"))
        .onFailure()
        .invoke(e -> line.end("refused, " + e.getMessage()))
        .map(Housekept::new);
  }
}
